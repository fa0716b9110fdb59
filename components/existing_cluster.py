"""A GKE cluster that the stack uses and does not own."""

from typing import TypedDict

import pulumi

from components import control_plane


class ExistingClusterArgs(TypedDict):
    """`location` is a region or a zone."""

    name: str
    project: str
    location: str


class ExistingCluster(pulumi.ComponentResource):
    """A cluster that is read, never changed or deleted; a missing one is an error that names it."""

    name: pulumi.Output[str]
    identifier: pulumi.Output[str]
    """Changes exactly when the cluster is replaced."""
    endpoint: pulumi.Output[dict[str, str]]
    """The control plane, as a kubeconfig describes it: `server` and, for an IP address, its authority."""
    network: pulumi.Output[str]
    """Resource name of the nodes' network."""

    def __init__(self, name: str, args: ExistingClusterArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("gke-webapp:existing_cluster:ExistingCluster", name, None, opts)

        read = ("name", "network", "endpoint", "masterAuth", "controlPlaneEndpointsConfig")
        cluster = pulumi.CustomResource(
            control_plane.TOKEN,
            name,
            dict.fromkeys(read),
            pulumi.ResourceOptions(
                parent=self, id=f"projects/{args['project']}/locations/{args['location']}/clusters/{args['name']}"
            ),
        )

        self.name = pulumi.get(cluster, "name")
        self.identifier = control_plane.identifier(cluster)
        self.endpoint = control_plane.endpoint(cluster)
        self.network = pulumi.get(cluster, "network")
        self.register_outputs({"name": self.name, "identifier": self.identifier, "endpoint": self.endpoint})
