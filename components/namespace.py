"""A Kubernetes namespace that admits only pods under the `restricted` Pod Security Standard."""

from typing import TypedDict

import pulumi
import pulumi_kubernetes as k8s


class NamespaceArgs(TypedDict):
    name: pulumi.Input[str]


class Namespace(pulumi.ComponentResource):
    """A namespace under the `restricted` Pod Security Standard."""

    name: pulumi.Output[str]

    def __init__(self, name: str, args: NamespaceArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("gke-webapp:namespace:Namespace", name, None, opts)

        modes = ("enforce", "audit", "warn")
        namespace = k8s.core.v1.Namespace(
            name,
            metadata=k8s.meta.v1.ObjectMetaArgs(
                name=args["name"],
                labels={f"pod-security.kubernetes.io/{mode}": "restricted" for mode in modes},
            ),
            opts=pulumi.ResourceOptions(
                parent=self,
                delete_before_replace=True,
                # It is gone once the finalizers of the load balancer's endpoint groups have run: 10 minutes and more.
                custom_timeouts=pulumi.CustomTimeouts(delete="30m"),
            ),
        )

        self.name = namespace.metadata.name
        self.register_outputs({"name": self.name})
