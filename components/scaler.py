"""How many pods there are, when the load decides."""

from typing import TypedDict

import pulumi
import pulumi_kubernetes as k8s

from settings.scaling import ScalingSettings


class ScalerArgs(TypedDict):
    """`name` is that of a Deployment."""

    name: pulumi.Input[str]
    namespace: pulumi.Input[str]
    scaling: ScalingSettings


class Scaler(pulumi.ComponentResource):
    """A HorizontalPodAutoscaler on the use of processor time."""

    def __init__(self, name: str, args: ScalerArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("gke-webapp:scaler:Scaler", name, None, opts)

        settings = args["scaling"]
        cpu = k8s.autoscaling.v2.ResourceMetricSourceArgs(
            name="cpu",
            target=k8s.autoscaling.v2.MetricTargetArgs(type="Utilization", average_utilization=settings.cpu_percent),
        )
        k8s.autoscaling.v2.HorizontalPodAutoscaler(
            name,
            metadata=k8s.meta.v1.ObjectMetaArgs(name=args["name"], namespace=args["namespace"]),
            spec=k8s.autoscaling.v2.HorizontalPodAutoscalerSpecArgs(
                scale_target_ref=k8s.autoscaling.v2.CrossVersionObjectReferenceArgs(
                    api_version="apps/v1", kind="Deployment", name=args["name"]
                ),
                min_replicas=settings.minimum,
                max_replicas=settings.maximum,
                metrics=[k8s.autoscaling.v2.MetricSpecArgs(type="Resource", resource=cpu)],
            ),
            opts=pulumi.ResourceOptions(parent=self, delete_before_replace=True),
        )
        self.register_outputs({})
