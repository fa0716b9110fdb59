"""What the node pools of a Standard cluster are declared with. No component."""

from typing import Any

import pulumi

from components.control_plane import OAUTH_SCOPES, ClusterArgs
from settings.naming import node_pool
from settings.node_pool import NodePoolSettings

TOKEN = "gcp:container/nodePool:NodePool"


def inputs(args: ClusterArgs, cluster: pulumi.Input[str], pool: str) -> dict[str, Any]:
    """The inputs of the pool of this name in the stack file; `cluster` is the cluster's name at Google."""
    settings, google = args["cluster"].node_pools[pool], args["google"]
    nodes = node_config(settings)
    return {
        "name": node_pool(pool, nodes),
        "cluster": cluster,
        "location": google.location,
        # Unstated, a pool with total counts begins without a node, and the minimum does not hold at first.
        "initialNodeCount": settings.initial_nodes(google.zone_count),
        "autoscaling": {
            "totalMinNodeCount": settings.minimum,
            "totalMaxNodeCount": settings.maximum,
            "locationPolicy": "ANY" if settings.spot else "BALANCED",
        },
        "management": {"autoRepair": settings.auto_repair, "autoUpgrade": settings.auto_upgrade},
        "upgradeSettings": {"maxSurge": 1, "maxUnavailable": 0},
        # Upgrades heed disruption budgets by default, the deletion of a pool does not.
        "nodeDrainConfigs": [{"respectPdbDuringNodePoolDeletion": True}],
        "nodeConfig": {**nodes, "serviceAccount": args["node_account"]},
    }


def options(parent: pulumi.Resource, args: ClusterArgs) -> pulumi.ResourceOptions:
    """The new pool stands before the old one is drained and deleted."""
    return pulumi.ResourceOptions(
        parent=parent,
        # Stated, because the provider asks for the opposite when the name that is ignored stays the same.
        delete_before_replace=False,
        # A change of either would replace the pool. A replacement gets both as they are stated by then.
        ignore_changes=["name", "initialNodeCount"],
        # A node waits up to an hour for the disruption budgets of its pods.
        custom_timeouts=pulumi.CustomTimeouts(create="1h", update="3h", delete="3h"),
        # Nodes pull images through the NAT, and no property of a node pool names it.
        depends_on=[args["nat"]],
    )


def node_config(pool: NodePoolSettings) -> dict[str, Any]:
    """A pool's `nodeConfig`, but for the account of the nodes."""
    return {
        "machineType": pool.machine_type,
        "diskSizeGb": pool.disk_size_gb,
        "diskType": pool.disk_type,
        "imageType": "COS_CONTAINERD",
        "spot": pool.spot,
        "labels": dict(pool.labels),
        "taints": [taint.model_dump() for taint in pool.taints],
        "oauthScopes": OAUTH_SCOPES,
        "shieldedInstanceConfig": {"enableSecureBoot": True, "enableIntegrityMonitoring": True},
        "workloadMetadataConfig": {"mode": "GKE_METADATA"},
        "metadata": {"disable-legacy-endpoints": "true"},
    }
