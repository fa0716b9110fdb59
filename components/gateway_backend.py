"""Pods as a backend of a Gateway."""

from typing import Any, TypedDict

import pulumi

from settings.backend import BackendSettings
from settings.workload import WorkloadSettings

POLICIES = "networking.gke.io/v1"


class GatewayBackendArgs(TypedDict):
    """`selector` holds the labels of the workload's pods; `treatment` is what the load balancer does with requests."""

    name: pulumi.Input[str]
    namespace: pulumi.Input[str]
    selector: pulumi.Input[dict[str, str]]
    workload: WorkloadSettings
    treatment: BackendSettings


class GatewayBackend(pulumi.ComponentResource):
    """A Service whose pods the load balancer reaches directly, and GKE's policies of what it asks and does."""

    backend: dict[str, Any]
    """As an Ingress names it."""

    def __init__(self, name: str, args: GatewayBackendArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("gke-webapp:gateway_backend:GatewayBackend", name, None, opts)
        settings = args["workload"]
        child = pulumi.ResourceOptions(parent=self, delete_before_replace=True)
        metadata = {"name": args["name"], "namespace": args["namespace"]}
        port = {"name": "http", "port": settings.port, "targetPort": settings.port, "protocol": "TCP"}
        defaults = {
            # Without it the load balancer asks / and not what the readiness probe asks.
            "HealthCheckPolicy": {
                "checkIntervalSec": 5,
                "timeoutSec": 2,
                "healthyThreshold": 1,
                "unhealthyThreshold": 3,
                "config": {
                    "type": "HTTP",
                    "httpHealthCheck": {
                        "portSpecification": "USE_FIXED_PORT",
                        "port": settings.port,
                        "requestPath": settings.health_path,
                    },
                },
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

        named = pulumi.get(service, "metadata")["name"]
        self.backend = {"service": {"name": named, "port": {"number": settings.port}}}
        self.register_outputs({"backend": self.backend})
