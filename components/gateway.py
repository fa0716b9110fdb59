"""The load balancer in front of the app, by the Gateway API."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any, NotRequired, TypedDict

import pulumi

from settings.gateway_route import PATH_TYPES, check
from settings.mistake import SettingError
from settings.route import Route

API = "gateway.networking.k8s.io/v1"

CLASS = "gke-l7-global-external-managed"
"""GKE's class for a global external Application Load Balancer."""


class GatewayArgs(TypedDict):
    """`services` gives the name of each Service that the routes name, as the Service's own output.

    Every host of `hosts` has the same routes, or any host without it. `address` is the name of a reserved global
    address, `certificates` that of a certificate map; `ssl_policy` that of an SSL policy, None leaves TLS as Google
    has it.
    """

    name: pulumi.Input[str]
    namespace: pulumi.Input[str]
    hosts: NotRequired[Sequence[str]]
    routes: Sequence[Route]
    services: Mapping[str, pulumi.Input[str]]
    address: pulumi.Input[str]
    certificates: pulumi.Input[str]
    redirect_to_https: pulumi.Input[bool]
    ssl_policy: pulumi.Input[str] | None


class Gateway(pulumi.ComponentResource):
    """A Gateway on a reserved address, and its routes: the narrowest that matches a path takes it.

    HTTPS answers for the hosts of the certificate map. HTTP has the same routes, or is a redirect to HTTPS. Raises
    `pulumi.RunError` for routes that GKE would refuse: a program that has routes in its settings has them checked
    there, before anything is applied, by `settings.gateway_route.check`.
    """

    def __init__(self, name: str, args: GatewayArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("gke-webapp:gateway:Gateway", name, None, opts)
        self._name, self._args = name, args
        try:
            check(args["routes"])
        except SettingError as error:
            raise pulumi.RunError(f"Gateway {name}: {error}") from None
        if missing := sorted({route.service for route in args["routes"]}.difference(args["services"])):
            raise pulumi.RunError(
                f"Gateway {name}: routes lead to {', '.join(missing)}, and there is no such Service here: Google would "
                f"answer 500. Lead them to one of {', '.join(sorted(args['services']))}, or add it to services."
            )

        policies: list[pulumi.Resource] = []
        if args["ssl_policy"]:
            target = {"group": API.partition("/")[0], "kind": "Gateway", "name": args["name"]}
            spec = {"default": {"sslPolicy": args["ssl_policy"]}, "targetRef": target}
            policies.append(self._object("networking.gke.io/v1", "GCPGatewayPolicy", spec))
        gateway = self._object(
            API,
            "Gateway",
            {
                "gatewayClassName": CLASS,
                "addresses": [{"type": "NamedAddress", "value": args["address"]}],
                "listeners": [
                    {
                        "name": protocol.lower(),
                        "protocol": protocol,
                        "port": port,
                        "allowedRoutes": {"kinds": [{"kind": "HTTPRoute"}], "namespaces": {"from": "Same"}},
                    }
                    for protocol, port in (("HTTP", 80), ("HTTPS", 443))
                ],
            },
            metadata={"annotations": {"networking.gke.io/certmap": args["certificates"]}},
            # The policy names the Gateway, not it the policy, which Google lets go of only after the Gateway.
            depends_on=policies,
        )
        self._gateway = pulumi.get(gateway, "metadata")["name"]
        hosts = {"hostnames": list(args["hosts"])} if "hosts" in args else {}
        answers = {**hosts, "rules": [*_rules(args)]}
        to_https = {"type": "RequestRedirect", "requestRedirect": {"scheme": "https", "statusCode": 301}}
        self._route("", "https", pulumi.Output.from_input(answers))
        self._route(
            "-http",
            "http",
            pulumi.Output.all(args["redirect_to_https"], answers).apply(
                lambda of: {"rules": [{"filters": [to_https]}]} if of[0] else of[1]
            ),
        )
        self.register_outputs({})

    def _route(self, suffix: str, listener: str, answers: pulumi.Output[dict[str, Any]]) -> None:
        spec = pulumi.Output.all(self._gateway, answers).apply(
            lambda of: {"parentRefs": [{"name": of[0], "sectionName": listener}], **of[1]}
        )
        self._object(API, "HTTPRoute", spec, suffix)

    def _object(
        self,
        version: str,
        kind: str,
        spec: pulumi.Input[dict[str, Any]],
        suffix: str = "",
        metadata: dict[str, Any] | None = None,
        depends_on: Sequence[pulumi.Resource] = (),
    ) -> pulumi.CustomResource:
        named = pulumi.Output.concat(self._args["name"], suffix)
        return pulumi.CustomResource(
            f"kubernetes:{version}:{kind}",
            f"{self._name}{suffix}",
            {
                "apiVersion": version,
                "kind": kind,
                "metadata": {"name": named, "namespace": self._args["namespace"], **(metadata or {})},
                "spec": spec,
            },
            pulumi.ResourceOptions(
                parent=self,
                delete_before_replace=True,
                depends_on=depends_on,
                # Google takes minutes to let go of address and network.
                custom_timeouts=pulumi.CustomTimeouts(delete="30m"),
            ),
        )


def _rules(args: GatewayArgs) -> Iterator[dict[str, Any]]:
    """One for each port of a Service that routes lead to: an HTTPRoute has at most 16."""

    def target(route: Route) -> tuple[str, str]:
        return route.service, str(route.port)

    for (service, port), routes in groupby(sorted(args["routes"], key=target), target):
        yield {
            "matches": [{"path": {"type": PATH_TYPES[each.path_type], "value": each.path}} for each in routes],
            "backendRefs": [{"name": args["services"][service], "port": int(port)}],
        }
