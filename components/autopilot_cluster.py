"""The GKE cluster whose nodes are Google's business."""

import pulumi

from components import control_plane
from components.control_plane import NewClusterArgs


class AutopilotClusterArgs(NewClusterArgs):
    """What any new cluster needs."""


class AutopilotCluster(pulumi.ComponentResource):
    """An Autopilot cluster with private nodes: always regional, with Workload Identity and Dataplane V2 by itself.

    It states nothing about nodes but their account: anything more would replace the cluster on every update.
    """

    name: pulumi.Output[str]
    """Known once pods can run, so that whatever needs nodes is created after and deleted before them."""
    identifier: pulumi.Output[str]
    """Changes exactly when the cluster is replaced."""
    endpoint: pulumi.Output[dict[str, str]]
    """The control plane, as a kubeconfig describes it: `server` and, for an IP address, its authority."""

    def __init__(self, name: str, args: AutopilotClusterArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("gke-webapp:autopilot_cluster:AutopilotCluster", name, None, opts)

        cluster = pulumi.CustomResource(
            control_plane.TOKEN,
            name,
            {
                **control_plane.inputs(args),
                "location": args["google"].region,
                "enableAutopilot": True,
                "clusterAutoscaling": {
                    "autoProvisioningDefaults": {
                        "serviceAccount": args["node_account"],
                        "oauthScopes": control_plane.OAUTH_SCOPES,
                    }
                },
            },
            # Nodes pull images through the NAT, and no property of a cluster names it.
            control_plane.options(self, args, depends_on=[args["nat"]]),
        )

        self.name = pulumi.get(cluster, "name")
        self.identifier = control_plane.identifier(cluster)
        self.endpoint = control_plane.endpoint(cluster)
        self.register_outputs({"name": self.name, "identifier": self.identifier, "endpoint": self.endpoint})
