"""A Kubernetes namespace that admits only well-behaved pods."""

from typing import TypedDict

import pulumi


class NamespaceArgs(TypedDict):
    name: pulumi.Input[str]


class Namespace(pulumi.ComponentResource):
    """A namespace under the `restricted` Pod Security Standard."""

    name: pulumi.Output[str]

    def __init__(self, name: str, args: NamespaceArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("gke-webapp:namespace:Namespace", name, None, opts)

        modes = ("enforce", "audit", "warn")
        namespace = pulumi.CustomResource(
            "kubernetes:core/v1:Namespace",
            name,
            {
                "apiVersion": "v1",
                "kind": "Namespace",
                "metadata": {
                    "name": args["name"],
                    "labels": {f"pod-security.kubernetes.io/{mode}": "restricted" for mode in modes},
                },
            },
            pulumi.ResourceOptions(
                parent=self,
                delete_before_replace=True,
                # It is gone once the load balancer's endpoint groups have let go of it: 10 minutes and more.
                custom_timeouts=pulumi.CustomTimeouts(delete="30m"),
            ),
        )

        self.name = pulumi.get(namespace, "metadata")["name"]
        self.register_outputs({"name": self.name})
