"""The metrics that the pods offer, for Managed Prometheus."""

from typing import NotRequired, TypedDict

import pulumi

INTERVAL = "30s"
"""Managed Prometheus charges by sample; 30 s is what its documents use."""


class PodMonitoringArgs(TypedDict):
    """`selector` holds the labels of the pods, `port` the name of their port with the metrics, default `metrics`."""

    name: pulumi.Input[str]
    namespace: pulumi.Input[str]
    selector: pulumi.Input[dict[str, str]]
    port: NotRequired[str]


class PodMonitoring(pulumi.ComponentResource):
    """Has GKE read /metrics of every pod."""

    def __init__(self, name: str, args: PodMonitoringArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("gke-webapp:pod_monitoring:PodMonitoring", name, None, opts)

        pulumi.CustomResource(
            "kubernetes:monitoring.googleapis.com/v1:PodMonitoring",
            name,
            {
                "apiVersion": "monitoring.googleapis.com/v1",
                "kind": "PodMonitoring",
                "metadata": {"name": args["name"], "namespace": args["namespace"]},
                "spec": {
                    "selector": {"matchLabels": args["selector"]},
                    "endpoints": [{"port": args.get("port", "metrics"), "interval": INTERVAL}],
                },
            },
            pulumi.ResourceOptions(parent=self, delete_before_replace=True),
        )
        self.register_outputs({})
