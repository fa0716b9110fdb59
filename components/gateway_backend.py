"""Pods as a backend of a Gateway."""

from typing import Any, Literal, NotRequired, TypedDict

import pulumi

from settings import health_check
from settings.backend import BackendSettings
from settings.workload import WorkloadSettings

POLICIES = "networking.gke.io/v1"


class GatewayBackendArgs(TypedDict):
    """`selector` holds the labels of the workload's pods; `treatment` is what the load balancer does with requests.

    `port_name` is the pods' port that requests go to, default the main one. `app_protocol` is what it speaks, default
    HTTP; HTTP2 is HTTP/2 under TLS, with any certificate. `health` is how the main port is asked, in cleartext:
    default HTTP, with the health path; GRPC, by the gRPC health checking protocol.
    """

    name: pulumi.Input[str]
    namespace: pulumi.Input[str]
    selector: pulumi.Input[dict[str, str]]
    workload: WorkloadSettings
    treatment: BackendSettings
    port_name: NotRequired[str]
    app_protocol: NotRequired[Literal["HTTP", "HTTPS", "HTTP2"]]
    health: NotRequired[Literal["HTTP", "GRPC"]]


class GatewayBackend(pulumi.ComponentResource):
    """A Service whose pods the load balancer reaches directly, and GKE's policies of what it asks and does."""

    name: pulumi.Output[str]
    """Of the Service."""
    port: int
    """Of the Service, and of the pods."""

    def __init__(self, name: str, args: GatewayBackendArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("gke-webapp:gateway_backend:GatewayBackend", name, None, opts)
        settings = args["workload"]
        child = pulumi.ResourceOptions(parent=self, delete_before_replace=True)
        metadata = {"name": args["name"], "namespace": args["namespace"]}
        port_name = args.get("port_name", settings.port_name)
        self.port = settings.all_ports[port_name]
        port = {
            "name": port_name,
            "port": self.port,
            "targetPort": self.port,
            "protocol": "TCP",
            **({"appProtocol": args["app_protocol"]} if "app_protocol" in args else {}),
        }
        defaults = {
            # Without it the load balancer asks / and not what the readiness probe asks.
            "HealthCheckPolicy": {
                **health_check.manifest(settings.readiness),
                "config": _health_check(args),
            },
            "GCPBackendPolicy": {
                "connectionDraining": {"drainingTimeoutSec": settings.drain_seconds},
                **args["treatment"].backend_policy,
            },
        }

        policies = [
            pulumi.CustomResource(
                f"kubernetes:{POLICIES}:{kind}",
                name,
                {
                    "apiVersion": POLICIES,
                    "kind": kind,
                    "metadata": metadata,
                    "spec": {"default": default, "targetRef": {"group": "", "kind": "Service", "name": args["name"]}},
                },
                child,
            )
            for kind, default in defaults.items()
        ]
        service = pulumi.CustomResource(
            "kubernetes:core/v1:Service",
            name,
            {
                "apiVersion": "v1",
                "kind": "Service",
                "metadata": metadata,
                "spec": {"type": "ClusterIP", "selector": args["selector"], "ports": [port]},
            },
            # The policies name the Service, not it them; without them nothing may reach the pods, at no time.
            pulumi.ResourceOptions(parent=self, delete_before_replace=True, depends_on=policies),
        )

        self.name = pulumi.get(service, "metadata")["name"]
        self.register_outputs({"name": self.name})


def _health_check(args: GatewayBackendArgs) -> dict[str, Any]:
    settings = args["workload"]
    asked = {"portSpecification": "USE_FIXED_PORT", "port": settings.port}
    if args.get("health") == "GRPC":
        return {"type": "GRPC", "grpcHealthCheck": asked}
    return {"type": "HTTP", "httpHealthCheck": {**asked, "requestPath": settings.health_path}}
