"""Which pods go first when a node is full."""

from typing import TypedDict

import pulumi


class PriorityArgs(TypedDict):
    name: pulumi.Input[str]
    value: int


class Priority(pulumi.ComponentResource):
    """A PriorityClass."""

    name: pulumi.Output[str]

    def __init__(self, name: str, args: PriorityArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("gke-webapp:priority:Priority", name, None, opts)

        priority = pulumi.CustomResource(
            "kubernetes:scheduling.k8s.io/v1:PriorityClass",
            name,
            {
                "apiVersion": "scheduling.k8s.io/v1",
                "kind": "PriorityClass",
                "metadata": {"name": args["name"]},
                "value": args["value"],
            },
            pulumi.ResourceOptions(parent=self, delete_before_replace=True),
        )

        self.name = pulumi.get(priority, "metadata")["name"]
        self.register_outputs({"name": self.name})
