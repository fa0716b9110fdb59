"""Hosts and paths in front of Services, for a controller of class nginx.

ingress-nginx was retired in March 2026 and gets no security fixes any more: on GKE, use `components.gateway`.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal, NotRequired, TypedDict

import pulumi

from settings.domain import possible
from settings.mistake import SettingError
from settings.route import Route, check

PREFIX = "nginx.ingress.kubernetes.io/"


class TlsArgs(TypedDict):
    """A certificate for some of the hosts.

    `secret_name` is a Secret of type kubernetes.io/tls; without it the controller's own certificate is served.
    """

    hosts: Sequence[str]
    secret_name: NotRequired[pulumi.Input[str]]


class NginxIngressArgs(TypedDict):
    """Every host has the same routes.

    `services` gives the name of each Service that the routes name, as the Service's own output, so that none is named
    that does not exist. `use_regex` makes regular expressions of the paths, which match without regard to case and to
    what follows. `backend_protocol` is what the pods speak, default HTTP. `ssl_redirect` sends HTTP clients of the
    hosts in `tls` to HTTPS, as ingress-nginx does by default; timeouts are seconds, default 60.
    """

    name: pulumi.Input[str]
    namespace: pulumi.Input[str]
    hosts: Sequence[str]
    routes: Sequence[Route]
    services: Mapping[str, pulumi.Input[str]]
    use_regex: NotRequired[bool]
    backend_protocol: NotRequired[Literal["HTTP", "HTTPS", "GRPC", "GRPCS"]]
    tls: NotRequired[Sequence[TlsArgs]]
    ssl_redirect: NotRequired[bool]
    read_timeout_seconds: NotRequired[int]
    send_timeout_seconds: NotRequired[int]


class NginxIngress(pulumi.ComponentResource):
    """An Ingress of class nginx. Raises `pulumi.RunError` for routes or hosts that could never be reached.

    That comes when the component is declared: a program that has routes in its settings has them checked there,
    before anything is applied, by a rule with `refused_routes`.
    """

    name: pulumi.Output[str]
    address: pulumi.Output[str | None]
    """Where the controller answers, as the Ingress's status has it."""

    def __init__(self, name: str, args: NginxIngressArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("gke-webapp:nginx_ingress:NginxIngress", name, None, opts)
        try:
            _check(args)
        except SettingError as error:
            raise pulumi.RunError(f"Ingress {name}: {error}") from None

        paths = [
            {
                "path": route.path,
                "pathType": route.path_type,
                "backend": {"service": {"name": args["services"][route.service], "port": _port(route.port)}},
            }
            for route in args["routes"]
        ]
        tls = [
            {"hosts": list(entry["hosts"]), **({"secretName": entry["secret_name"]} if "secret_name" in entry else {})}
            for entry in args.get("tls", ())
        ]
        ingress = pulumi.CustomResource(
            "kubernetes:networking.k8s.io/v1:Ingress",
            name,
            {
                "apiVersion": "networking.k8s.io/v1",
                "kind": "Ingress",
                "metadata": {
                    "name": args["name"],
                    "namespace": args["namespace"],
                    "annotations": dict(_annotations(args)),
                },
                "spec": {
                    "ingressClassName": "nginx",
                    "rules": [{"host": host, "http": {"paths": paths}} for host in args["hosts"]],
                    **({"tls": tls} if tls else {}),
                },
                "status": None,
            },
            pulumi.ResourceOptions(parent=self, delete_before_replace=True),
        )

        self.name = pulumi.get(ingress, "metadata")["name"]
        self.address = pulumi.get(ingress, "status").apply(_answering)
        self.register_outputs({"name": self.name, "address": self.address})


def _check(args: NginxIngressArgs) -> None:
    """Raises SettingError for what ingress-nginx would take and never serve."""
    for host in args["hosts"]:
        possible(host)
    if not args["hosts"]:
        raise SettingError("Without a host, every host of the cluster would have these routes.", "List at least one.")
    if strays := sorted({host for entry in args.get("tls", ()) for host in entry["hosts"]}.difference(args["hosts"])):
        raise SettingError(f"tls names {', '.join(strays)}, which no route serves.", "List it in hosts, or remove it.")
    check(args["routes"], regex=args.get("use_regex", False))
    if missing := sorted({route.service for route in args["routes"]}.difference(args["services"])):
        raise SettingError(
            f"Routes lead to {', '.join(missing)}, and there is no such Service here: they would answer 503.",
            f"Lead them to one of {', '.join(sorted(args['services']))}, or add the Service to services.",
        )


def _annotations(args: NginxIngressArgs) -> Iterable[tuple[str, str]]:
    stated: dict[str, Any] = {
        "use-regex": args.get("use_regex"),
        "backend-protocol": args.get("backend_protocol"),
        "ssl-redirect": args.get("ssl_redirect"),
        "proxy-read-timeout": args.get("read_timeout_seconds"),
        "proxy-send-timeout": args.get("send_timeout_seconds"),
    }
    for key, value in stated.items():
        if value is not None:
            yield f"{PREFIX}{key}", str(value).lower() if isinstance(value, bool) else str(value)


def _port(port: int | str) -> dict[str, int | str]:
    return {"number": port} if isinstance(port, int) else {"name": port}


def _answering(status: dict[str, Any] | None) -> str | None:
    """The address in an Ingress's status."""
    balancers = ((status or {}).get("loadBalancer") or {}).get("ingress") or [{}]
    return balancers[0].get("ip") or balancers[0].get("hostname")
