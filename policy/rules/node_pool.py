"""Rules of the nodes of GKE clusters."""

from collections.abc import Iterator, Mapping
from typing import Any

from .property import at, must_be
from .rule import Config, Finding, Rule

NODE_POOL = ("gcp:container/nodePool:NodePool",)


def is_own(account: Any) -> bool:
    """Whether a node's service account was made for it, and is not the project's default."""
    default = str(account).endswith("-compute@developer.gserviceaccount.com")
    return account not in (None, "", "default") and not default


def _own_account(properties: Mapping[str, Any], _config: Config) -> Iterator[Finding]:
    path = "nodeConfig.serviceAccount"
    if not is_own(at(properties, path)):
        yield Finding(path, at(properties, path))


RULES = [
    Rule(
        id="gke-metadata-server",
        title="Pods cannot ask for their node's credentials",
        references=("CKV_GCP_69",),
        types=NODE_POOL,
        check=must_be("nodeConfig.workloadMetadataConfig.mode", "GKE_METADATA"),
        consequence="a pod can read its node's token.",
        remedy="Set it to GKE_METADATA.",
    ),
    Rule(
        id="gke-node-account",
        title="Nodes have an identity of their own",
        types=NODE_POOL,
        check=_own_account,
        consequence="nodes run as the project's default account, which may edit the whole project.",
        remedy="Give them an account with roles/container.defaultNodeServiceAccount.",
    ),
    Rule(
        id="gke-secure-boot",
        title="Nodes start only signed code",
        references=("CKV_GCP_68",),
        types=NODE_POOL,
        check=must_be("nodeConfig.shieldedInstanceConfig.enableSecureBoot", True),
        consequence="a changed kernel starts without a word.",
        remedy="Set it to true.",
    ),
    Rule(
        id="gke-integrity-monitoring",
        title="Nodes tell when what they started has changed",
        references=("CKV_GCP_72",),
        types=NODE_POOL,
        check=must_be("nodeConfig.shieldedInstanceConfig.enableIntegrityMonitoring", True, None),
        consequence="nobody learns that a node was tampered with.",
        remedy="Set it to true.",
    ),
    Rule(
        id="gke-node-upgrade",
        title="Google keeps the nodes' version current",
        references=("CKV_GCP_10",),
        types=NODE_POOL,
        check=must_be("management.autoUpgrade", True, None),
        consequence="nodes fall behind the control plane, and keep their holes.",
        remedy="Set it to true.",
    ),
    Rule(
        id="gke-node-repair",
        title="Broken nodes are replaced",
        references=("CKV_GCP_9",),
        types=NODE_POOL,
        check=must_be("management.autoRepair", True, None),
        consequence="a broken node stays broken until somebody looks.",
        remedy="Set it to true.",
    ),
    Rule(
        id="gke-node-image",
        title="Nodes run Container-Optimized OS",
        references=("CKV_GCP_22",),
        types=NODE_POOL,
        check=must_be("nodeConfig.imageType", "COS_CONTAINERD"),
        consequence="nodes have packages and ways in that a cluster does not need.",
        remedy="Set it to COS_CONTAINERD.",
    ),
    Rule(
        id="gke-legacy-metadata",
        title="Old metadata addresses are off",
        types=NODE_POOL,
        check=must_be("nodeConfig.metadata.disable-legacy-endpoints", "true", None),
        consequence="a simple request from a pod can read the node's metadata.",
        remedy='Set it to "true".',
    ),
]
