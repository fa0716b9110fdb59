"""Which pods are scheduled first when a node is full."""

from typing import TypedDict

import pulumi
import pulumi_kubernetes as k8s


class PriorityArgs(TypedDict):
    """`name` begins the name of the class, which ends with the value."""

    name: str
    value: int


class Priority(pulumi.ComponentResource):
    """A PriorityClass. Its value never changes, so another value is another class: pods move there one by one."""

    name: pulumi.Output[str]

    def __init__(self, name: str, args: PriorityArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("gke-webapp:priority:Priority", name, None, opts)

        priority_class = k8s.scheduling.v1.PriorityClass(
            name,
            metadata=k8s.meta.v1.ObjectMetaArgs(name=f"{args['name']}-{args['value']}"),
            value=args["value"],
            opts=pulumi.ResourceOptions(parent=self),
        )

        self.name = priority_class.metadata.name
        self.register_outputs({"name": self.name})
