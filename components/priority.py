"""Which pods go first when a node is full."""

from typing import TypedDict

import pulumi


class PriorityArgs(TypedDict):
    """`name` begins the name of the class, which ends with the value."""

    name: str
    value: int


class Priority(pulumi.ComponentResource):
    """A PriorityClass. Its value never changes, so another value is another class: pods move there one by one."""

    name: pulumi.Output[str]

    def __init__(self, name: str, args: PriorityArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("gke-webapp:priority:Priority", name, None, opts)

        priority = pulumi.CustomResource(
            "kubernetes:scheduling.k8s.io/v1:PriorityClass",
            name,
            {
                "apiVersion": "scheduling.k8s.io/v1",
                "kind": "PriorityClass",
                "metadata": {"name": f"{args['name']}-{args['value']}"},
                "value": args["value"],
            },
            pulumi.ResourceOptions(parent=self),
        )

        self.name = pulumi.get(priority, "metadata")["name"]
        self.register_outputs({"name": self.name})
