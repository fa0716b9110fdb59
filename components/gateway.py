"""The load balancer in front of the app, by the Gateway API."""

from collections.abc import Sequence
from typing import Any, TypedDict

import pulumi

API = "gateway.networking.k8s.io/v1"

CLASS = "gke-l7-global-external-managed"
"""GKE's class for a global external Application Load Balancer."""


class GatewayArgs(TypedDict):
    """`backend` is an Ingress backend; `address` is the name of a reserved global address.

    `certificates` is the name of a certificate map; `ssl_policy` that of an SSL policy, None leaves TLS as Google
    has it.
    """

    name: pulumi.Input[str]
    namespace: pulumi.Input[str]
    backend: dict[str, Any]
    address: pulumi.Input[str]
    certificates: pulumi.Input[str]
    redirect_to_https: bool
    ssl_policy: pulumi.Input[str] | None


class Gateway(pulumi.ComponentResource):
    """A Gateway on a reserved address: every host and path leads to one backend, as through an `Ingress`.

    HTTPS answers for the hosts of the certificate map. HTTP leads to the backend, too, or is a redirect to HTTPS.
    """

    def __init__(self, name: str, args: GatewayArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("gke-webapp:gateway:Gateway", name, None, opts)
        self._name, self._args = name, args
        redirect, service = args["redirect_to_https"], args["backend"]["service"]

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
        backend = {"name": service["name"], "port": service["port"]["number"]}
        self._route("", ("https",) if redirect else ("http", "https"), {"backendRefs": [backend]})
        if redirect:
            to_https = {"type": "RequestRedirect", "requestRedirect": {"scheme": "https", "statusCode": 301}}
            self._route("-redirect", ("http",), {"filters": [to_https]})
        self.register_outputs({})

    def _route(self, suffix: str, listeners: Sequence[str], rule: dict[str, Any]) -> None:
        parents = [{"name": self._gateway, "sectionName": listener} for listener in listeners]
        self._object(API, "HTTPRoute", {"parentRefs": parents, "rules": [rule]}, suffix)

    def _object(
        self,
        version: str,
        kind: str,
        spec: dict[str, Any],
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
