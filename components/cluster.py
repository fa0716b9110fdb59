"""The GKE cluster and its nodes."""

from typing import Any

import pulumi

from components import control_plane
from components.control_plane import NewClusterArgs
from settings.naming import node_pool
from settings.node_pool import DEFAULT_POOL, NodePoolSettings


class ClusterArgs(NewClusterArgs):
    """What any new cluster needs."""


class Cluster(pulumi.ComponentResource):
    """A Standard cluster with private nodes, Workload Identity, Dataplane V2 and autoscaled node pools."""

    name: pulumi.Output[str]
    """Known once there are nodes, so that whatever needs them is created after and deleted before them."""
    identifier: pulumi.Output[str]
    """Changes exactly when the cluster is replaced."""
    endpoint: pulumi.Output[dict[str, str]]
    """The control plane, as a kubeconfig describes it: `server` and, for an IP address, its authority."""

    def __init__(self, name: str, args: ClusterArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("gke-webapp:cluster:Cluster", name, None, opts)
        google = args["google"]

        cluster = pulumi.CustomResource(
            control_plane.TOKEN,
            name,
            {
                **control_plane.inputs(args),
                "location": google.location,
                "nodeLocations": google.node_locations or None,
                "datapathProvider": "ADVANCED_DATAPATH",
                "enableShieldedNodes": True,
                "workloadIdentityConfig": {"workloadPool": f"{google.project}.svc.id.goog"},
                "addonsConfig": {"httpLoadBalancing": {"disabled": False}},
                "removeDefaultNodePool": True,
                "initialNodeCount": 1,
                "nodeConfig": _node(DEFAULT_POOL, args["node_account"]),
            },
            # Google reports the node configuration of another pool once the default pool is removed.
            control_plane.options(self, args, ignore_changes=["nodeConfig"]),
        )
        pools = [
            pulumi.CustomResource(
                "gcp:container/nodePool:NodePool",
                f"{name}-{pool}",
                {
                    "name": node_pool(args["name"], pool),
                    "cluster": pulumi.get(cluster, "name"),
                    "location": google.location,
                    # Unstated, a pool with total counts begins without a node, and the minimum does not hold at first.
                    "initialNodeCount": settings.initial_nodes(google.zone_count),
                    **_machines(settings, args["node_account"]),
                },
                pulumi.ResourceOptions(
                    parent=self,
                    delete_before_replace=True,
                    # It says how the pool began; another number would replace it.
                    ignore_changes=["initialNodeCount"],
                    # Nodes pull images through the NAT, and no property of a node pool names it.
                    depends_on=[args["nat"]],
                ),
            )
            for pool, settings in args["cluster"].node_pools.items()
        ]

        self.name = pulumi.Output.all(*(pulumi.get(pool, "cluster") for pool in pools)).apply(lambda names: names[0])
        self.identifier = control_plane.identifier(cluster)
        self.endpoint = control_plane.endpoint(cluster)
        self.register_outputs({"name": self.name, "identifier": self.identifier, "endpoint": self.endpoint})


def _machines(pool: NodePoolSettings, account: pulumi.Input[str]) -> dict[str, Any]:
    """How many nodes, how they are kept, and what they are."""
    return {
        "autoscaling": {
            "totalMinNodeCount": pool.minimum,
            "totalMaxNodeCount": pool.maximum,
            "locationPolicy": "ANY" if pool.spot else "BALANCED",
        },
        "management": {"autoRepair": pool.auto_repair, "autoUpgrade": pool.auto_upgrade},
        "upgradeSettings": {"maxSurge": 1, "maxUnavailable": 0},
        "nodeConfig": _node(pool, account),
    }


def _node(pool: NodePoolSettings, account: pulumi.Input[str]) -> dict[str, Any]:
    return {
        "machineType": pool.machine_type,
        "diskSizeGb": pool.disk_size_gb,
        "diskType": pool.disk_type,
        "imageType": "COS_CONTAINERD",
        "spot": pool.spot,
        "labels": dict(pool.labels),
        "taints": [taint.model_dump() for taint in pool.taints],
        "serviceAccount": account,
        "oauthScopes": control_plane.OAUTH_SCOPES,
        "shieldedInstanceConfig": {"enableSecureBoot": True, "enableIntegrityMonitoring": True},
        "workloadMetadataConfig": {"mode": "GKE_METADATA"},
        "metadata": {"disable-legacy-endpoints": "true"},
    }
