"""How many pods there are, when the load decides."""

from typing import TypedDict

import pulumi

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
        target = {"type": "Utilization", "averageUtilization": settings.cpu_percent}
        pulumi.CustomResource(
            "kubernetes:autoscaling/v2:HorizontalPodAutoscaler",
            name,
            {
                "apiVersion": "autoscaling/v2",
                "kind": "HorizontalPodAutoscaler",
                "metadata": {"name": args["name"], "namespace": args["namespace"]},
                "spec": {
                    "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": args["name"]},
                    "minReplicas": settings.minimum,
                    "maxReplicas": settings.maximum,
                    "metrics": [{"type": "Resource", "resource": {"name": "cpu", "target": target}}],
                },
            },
            pulumi.ResourceOptions(parent=self, delete_before_replace=True),
        )
        self.register_outputs({})
