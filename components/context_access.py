"""How the program reaches a cluster that only a kubeconfig knows."""

from typing import TypedDict

import pulumi
from pulumi_kubernetes.provider import Provider


class ContextAccessArgs(TypedDict):
    """`kubeconfig` is the path of a file; None: where kubectl looks."""

    context: str
    kubeconfig: str | None


class ContextAccess(pulumi.ComponentResource):
    """The provider that deploys through one context, named in words: never through whichever is current."""

    cluster: pulumi.Output[str]
    """Name of the context."""
    kubeconfig: pulumi.Output[str | None]
    """Path of the file, never its content, which may hold a credential."""
    kubectl: pulumi.Output[str]
    """The command, with what leads to this cluster."""
    provider: Provider

    def __init__(self, name: str, args: ContextAccessArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("gke-webapp:context_access:ContextAccess", name, None, opts)

        self.provider = Provider(
            name,
            kubeconfig=args["kubeconfig"],
            context=args["context"],
            cluster_identifier=args["context"],
            enable_server_side_apply=True,
            # Replacing one of these under its name would first delete the workloads that refer to it.
            enable_secret_mutable=True,
            enable_config_map_mutable=True,
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.cluster = pulumi.Output.from_input(args["context"])
        self.kubeconfig = pulumi.Output.from_input(args["kubeconfig"])
        file = f" --kubeconfig {args['kubeconfig']}" if args["kubeconfig"] else ""
        self.kubectl = pulumi.Output.from_input(f"kubectl{file} --context {args['context']}")
        self.register_outputs({"cluster": self.cluster, "kubeconfig": self.kubeconfig})
