"""Pods as a backend of Google's load balancer."""

from typing import Any, TypedDict

import pulumi

from settings import health_check
from settings.backend import BackendSettings
from settings.workload import WorkloadSettings


class BackendArgs(TypedDict):
    """`selector` holds the labels of the workload's pods; `treatment` is what the load balancer does with requests."""

    name: pulumi.Input[str]
    namespace: pulumi.Input[str]
    selector: pulumi.Input[dict[str, str]]
    workload: WorkloadSettings
    treatment: BackendSettings


class Backend(pulumi.ComponentResource):
    """A NodePort Service whose pods the load balancer reaches directly, and the health check they answer."""

    backend: dict[str, Any]
    """As an Ingress names it."""

    def __init__(self, name: str, args: BackendArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("gke-webapp:backend:Backend", name, None, opts)
        settings = args["workload"]
        child = pulumi.ResourceOptions(parent=self, delete_before_replace=True)
        metadata = {"name": args["name"], "namespace": args["namespace"]}

        # Without it the load balancer asks / and not what the readiness probe asks.
        config = pulumi.CustomResource(
            "kubernetes:cloud.google.com/v1:BackendConfig",
            name,
            {
                "apiVersion": "cloud.google.com/v1",
                "kind": "BackendConfig",
                "metadata": metadata,
                "spec": {
                    "healthCheck": {
                        "type": "HTTP",
                        "requestPath": settings.health_path,
                        "port": settings.port,
                        **health_check.manifest(settings.readiness),
                    },
                    "connectionDraining": {"drainingTimeoutSec": settings.drain_seconds},
                    **args["treatment"].backend_config,
                },
            },
            child,
        )
        service = pulumi.CustomResource(
            "kubernetes:core/v1:Service",
            name,
            {
                "apiVersion": "v1",
                "kind": "Service",
                "metadata": {
                    **metadata,
                    "annotations": {
                        "cloud.google.com/neg": '{"ingress": true}',
                        "cloud.google.com/backend-config": pulumi.Output.json_dumps(
                            {"default": pulumi.get(config, "metadata")["name"]}
                        ),
                    },
                },
                "spec": {
                    "type": "NodePort",
                    "selector": args["selector"],
                    "ports": [
                        {
                            "name": "http",
                            "port": settings.port,
                            "targetPort": settings.port,
                            "protocol": "TCP",
                        }
                    ],
                },
            },
            child,
        )

        named = pulumi.get(service, "metadata")["name"]
        self.backend = {"service": {"name": named, "port": {"number": settings.port}}}
        self.register_outputs({"backend": self.backend})
