"""The metrics that the pods offer, for Managed Prometheus."""

from typing import NotRequired, TypedDict

import pulumi
import pulumi_kubernetes as k8s

from components import gke

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

        gke.PodMonitoring(
            name,
            metadata=k8s.meta.v1.ObjectMetaArgs(name=args["name"], namespace=args["namespace"]),
            spec=gke.PodMonitoringSpecArgs(
                selector=k8s.meta.v1.LabelSelectorArgs(match_labels=args["selector"]),
                endpoints=[gke.ScrapeEndpointArgs(port=args.get("port", "metrics"), interval=INTERVAL)],
            ),
            opts=pulumi.ResourceOptions(parent=self, delete_before_replace=True),
        )
        self.register_outputs({})
