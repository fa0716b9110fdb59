"""How many pods may be away while nodes are drained."""

from typing import TypedDict

import pulumi

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

        pulumi.CustomResource(
            "kubernetes:policy/v1:PodDisruptionBudget",
            name,
            {
                "apiVersion": "policy/v1",
                "kind": "PodDisruptionBudget",
                "metadata": {"name": args["name"], "namespace": args["namespace"]},
                "spec": {
                    **args["disruption"].manifest,
                    "selector": {"matchLabels": args["selector"]},
                    "unhealthyPodEvictionPolicy": "AlwaysAllow",
                },
            },
            pulumi.ResourceOptions(parent=self, delete_before_replace=True),
        )
        self.register_outputs({})
