"""How the program, and people, reach the cluster's Kubernetes API."""

import json
from collections.abc import Mapping
from typing import TypedDict

import pulumi
from pulumi_kubernetes.provider import Provider

SHOW = "pulumi stack output kubeconfig --show-secrets"


class AccessArgs(TypedDict):
    """`endpoint` is a kubeconfig's `cluster` entry; `identifier` changes when the cluster is replaced.

    `owned` is the cluster as a resource of the stack; None for one that others own.
    """

    cluster: pulumi.Input[str]
    identifier: pulumi.Input[str]
    endpoint: pulumi.Input[dict[str, str]]
    owned: pulumi.Resource | None


class Access(pulumi.ComponentResource):
    """A kubeconfig without a credential, and the provider that deploys with it."""

    cluster: pulumi.Output[str]
    """Name of the cluster, and of the kubeconfig's context."""
    kubeconfig: pulumi.Output[str]
    """YAML; secret, although it holds no token: it names the way in."""
    kubectl: pulumi.Output[str]
    """The command, with what leads to this cluster, for a shell like bash."""
    provider: Provider

    def __init__(self, name: str, args: AccessArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("gke-webapp:access:Access", name, None, opts)

        self.cluster = pulumi.Output.from_input(args["cluster"])
        self.kubectl = pulumi.Output.from_input(f"kubectl --kubeconfig <({SHOW})")
        self.kubeconfig = pulumi.Output.secret(
            pulumi.Output.all(args["cluster"], args["endpoint"]).apply(lambda of: kubeconfig(*of))
        )
        self.provider = Provider(
            name,
            kubeconfig=self.kubeconfig,
            context=args["cluster"],
            cluster_identifier=args["identifier"],
            enable_server_side_apply=True,
            # Replacing one of these under its name would first delete the workloads that refer to it.
            enable_secret_mutable=True,
            enable_config_map_mutable=True,
            opts=pulumi.ResourceOptions(
                parent=self,
                # Else the engine closes the provider while it looks for what is replaced with the cluster, and cannot
                # delete the objects in it any more: pulumi#14650.
                deleted_with=args["owned"],
            ),
        )
        self.register_outputs({"kubeconfig": self.kubeconfig})


def kubeconfig(cluster: str, endpoint: Mapping[str, str]) -> str:
    """A kubeconfig (JSON, which is YAML) whose only context is `cluster`; Google's plugin signs in."""
    sign_in = {
        "apiVersion": "client.authentication.k8s.io/v1beta1",
        "command": "gke-gcloud-auth-plugin",
        "provideClusterInfo": True,
        "interactiveMode": "Never",
        "installHint": "Install it with `gcloud components install gke-gcloud-auth-plugin`.",
    }
    content = {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": cluster,
        "clusters": [{"name": cluster, "cluster": endpoint}],
        "contexts": [{"name": cluster, "context": {"cluster": cluster, "user": cluster}}],
        "users": [{"name": cluster, "user": {"exec": sign_in}}],
    }
    return json.dumps(content, indent=2)
