"""The GKE cluster and its nodes."""

from collections.abc import Sequence
from typing import Any

import pulumi

from components import control_plane, node_pool
from components.control_plane import ClusterArgs
from settings.node_pool import DEFAULT_POOL

FORMER_AUTOPILOT = "gke-webapp:autopilot_cluster:AutopilotCluster"
"""The type that Autopilot clusters had: under their present one, a change of mode replaces the cluster."""


class Cluster(pulumi.ComponentResource):
    """A cluster with private nodes, Workload Identity and Dataplane V2: Autopilot, or Standard with node pools.

    A property that cannot change in place replaces the cluster, with everything in it: the old one goes first, because
    both have one name and one range of pods.
    """

    cluster: pulumi.CustomResource
    """The cluster without its node pools."""
    name: pulumi.Output[str]
    """Known once pods can run, so that whatever needs nodes is created after and deleted before them."""
    identifier: pulumi.Output[str]
    """Changes exactly when the cluster is replaced."""
    endpoint: pulumi.Output[dict[str, str]]
    """The control plane, as a kubeconfig describes it: `server` and, for an IP address, its authority."""

    def __init__(self, name: str, args: ClusterArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        former = pulumi.ResourceOptions(aliases=[pulumi.Alias(type_=FORMER_AUTOPILOT)])
        super().__init__("gke-webapp:cluster:Cluster", name, None, pulumi.ResourceOptions.merge(opts, former))

        declare = self._autopilot if args["cluster"].autopilot else self._standard
        self.cluster = declare(name, args)
        named = pulumi.get(self.cluster, "name")
        pools = [
            pulumi.CustomResource(
                node_pool.TOKEN,
                f"{name}-{pool}",
                node_pool.inputs(args, named, pool),
                node_pool.options(self, args),
            )
            for pool in _pools(args)
        ]

        with_nodes = [pulumi.get(pool, "cluster") for pool in pools] or [named]
        self.name = pulumi.Output.all(*with_nodes).apply(lambda names: names[0])
        self.identifier = control_plane.identifier(self.cluster)
        self.endpoint = control_plane.endpoint(self.cluster)
        self.register_outputs({"name": self.name, "identifier": self.identifier, "endpoint": self.endpoint})

    def _standard(self, name: str, args: ClusterArgs) -> pulumi.CustomResource:
        google = args["google"]
        own: dict[str, Any] = {
            "location": google.location,
            "nodeLocations": google.node_locations or None,
            "datapathProvider": "ADVANCED_DATAPATH",
            "enableShieldedNodes": True,
            "workloadIdentityConfig": {"workloadPool": f"{google.project}.svc.id.goog"},
            "addonsConfig": {"httpLoadBalancing": {"disabled": False}},
            "removeDefaultNodePool": True,
            "initialNodeCount": 1,
            "nodeConfig": {**node_pool.node_config(DEFAULT_POOL), "serviceAccount": args["node_account"]},
        }
        # Google reports the node configuration of another pool once the default pool is removed.
        options = control_plane.options(self, args, ignore_changes=["nodeConfig"])
        return pulumi.CustomResource(control_plane.TOKEN, name, {**control_plane.inputs(args), **own}, options)

    def _autopilot(self, name: str, args: ClusterArgs) -> pulumi.CustomResource:
        """Always regional. Anything said of its nodes but their account would replace the cluster on every update."""
        defaults = {"serviceAccount": args["node_account"], "oauthScopes": control_plane.OAUTH_SCOPES}
        own: dict[str, Any] = {
            "location": args["google"].region,
            "enableAutopilot": True,
            "clusterAutoscaling": {"autoProvisioningDefaults": defaults},
        }
        # Nodes pull images through the NAT, and no property of a cluster names it.
        options = control_plane.options(self, args, depends_on=[args["nat"]])
        return pulumi.CustomResource(control_plane.TOKEN, name, {**control_plane.inputs(args), **own}, options)


def _pools(args: ClusterArgs) -> Sequence[str]:
    """Names of the node pools in the stack file; Autopilot has none of its user's."""
    return () if args["cluster"].autopilot else tuple(args["cluster"].node_pools)
