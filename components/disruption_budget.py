"""How many pods may be away while nodes are drained."""

from typing import TypedDict

import pulumi
import pulumi_kubernetes as k8s

from settings.disruption import DisruptionSettings


class DisruptionBudgetArgs(TypedDict):
    """`selector` holds the labels of the pods."""

    name: pulumi.Input[str]
    namespace: pulumi.Input[str]
    selector: pulumi.Input[dict[str, str]]
    disruption: DisruptionSettings


class DisruptionBudget(pulumi.ComponentResource):
    """A PodDisruptionBudget; a pod that is not ready never holds a drain up."""

    def __init__(self, name: str, args: DisruptionBudgetArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("gke-webapp:disruption_budget:DisruptionBudget", name, None, opts)

        disruption = args["disruption"]
        k8s.policy.v1.PodDisruptionBudget(
            name,
            metadata=k8s.meta.v1.ObjectMetaArgs(name=args["name"], namespace=args["namespace"]),
            spec=k8s.policy.v1.PodDisruptionBudgetSpecArgs(
                min_available=disruption.min_available,
                max_unavailable=disruption.max_unavailable,
                selector=k8s.meta.v1.LabelSelectorArgs(match_labels=args["selector"]),
                unhealthy_pod_eviction_policy="AlwaysAllow",
            ),
            opts=pulumi.ResourceOptions(parent=self, delete_before_replace=True),
        )
        self.register_outputs({})
