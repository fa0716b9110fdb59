"""Whether a cluster fits the place, the network and the image that the rest of the stack file names."""

from collections.abc import Iterator

from settings.cluster import AnyCluster, ClusterSettings
from settings.existing import KubeconfigContext
from settings.google import GoogleSettings
from settings.mistake import SettingError
from settings.network import LONGEST_PREFIX, NetworkSettings

NODE_PREFIX = 24
"""Prefix of the range that GKE gives each node for its 110 pods: "Flexible Pod CIDR", default."""

RESERVED = 4
"""Addresses that Google keeps of the primary range of a subnet."""


def network_of_existing_cluster(cluster: AnyCluster, network: NetworkSettings) -> Iterator[SettingError]:
    """A mistake when network says something about a cluster that has one already."""
    if not isinstance(cluster, ClusterSettings) and network != NetworkSettings():
        yield SettingError(
            "An existing cluster has its network already, so the key network would have no effect.",
            "Remove network, or remove existing.",
            "network",
        )


def region_of_key(cluster: AnyCluster, google: GoogleSettings) -> Iterator[SettingError]:
    """A mistake when GKE could not use the key that Secrets are encrypted with."""
    if isinstance(cluster, ClusterSettings) and cluster.key_region not in (None, google.region):
        yield SettingError(
            f"secretsEncryptionKey is in {cluster.key_region} and the cluster in {google.region}: GKE would refuse it.",
            f"Name a key in {google.region}.",
            "cluster",
            "secrets_encryption_key",
        )


def workload_identity(key: str, roles: tuple[str, ...], cluster: AnyCluster) -> Iterator[SettingError]:
    """A mistake when the pods below `key` have roles that they could not use in this cluster."""
    if roles and not isinstance(cluster, ClusterSettings) and isinstance(cluster.existing, KubeconfigContext):
        yield SettingError(
            "A cluster that only a kubeconfig leads to has no Workload Identity pool that is known here, so nobody "
            "could act by these roles.",
            "Remove googleRoles, or name the GKE cluster: `existing: {name: NAME, location: LOCATION}`.",
            key,
            "google_roles",
        )


def zones_of_autopilot(cluster: AnyCluster, google: GoogleSettings) -> Iterator[SettingError]:
    """A mistake when zones are named that an Autopilot cluster does not take."""
    if isinstance(cluster, ClusterSettings) and cluster.autopilot and google.zones:
        yield SettingError(
            f"Autopilot is regional and chooses the zones itself, so google.zones ({', '.join(google.zones)}) "
            "would have no effect.",
            "Remove google.zones, or remove autopilot.",
            "google",
            "zones",
        )


def room_for_nodes(cluster: AnyCluster, network: NetworkSettings) -> Iterator[SettingError]:
    """A mistake for each range that has not enough addresses for all nodes."""
    if not isinstance(cluster, ClusterSettings) or cluster.autopilot:
        return
    nodes = cluster.most_nodes
    room = {
        "nodes": network.nodes.num_addresses - RESERVED,
        "pods": 2 ** (NODE_PREFIX - network.pods.prefixlen),
    }
    for key, most in room.items():
        if nodes > most and getattr(network, key).prefixlen <= LONGEST_PREFIX[key]:
            yield SettingError(
                f"The node pools may grow to {nodes} nodes, one more in each while it is upgraded; "
                f"network.{key} ({getattr(network, key)}) has addresses for {most}.",
                f"Widen network.{key}, or lower maximum.",
                "network",
                key,
            )


def platform_of_nodes(cluster: AnyCluster, platform: str) -> Iterator[SettingError]:
    """A mistake when no node of the cluster could run the image."""
    architectures = cluster.architectures if isinstance(cluster, ClusterSettings) else set[str]()
    if architectures and platform.removeprefix("linux/") not in architectures:
        yield SettingError(
            f"platform is {platform}, and no node pool runs it, so no pod would start.",
            f"Choose the platform of cluster.nodePools: {', '.join(sorted(architectures))}.",
            "image",
            "platform",
        )


def collector_of_metrics(key: str, port: int | None, cluster: AnyCluster) -> Iterator[SettingError]:
    """A mistake when the pods below `key` offer metrics and nobody would collect them."""
    if port and isinstance(cluster, ClusterSettings) and not cluster.observability.managed_prometheus:
        yield SettingError(
            "metricsPort is for Managed Prometheus, which cluster.observability switches off: the cluster would refuse "
            "the PodMonitoring.",
            "Remove metricsPort, or switch managedPrometheus on.",
            key,
            "metrics_port",
        )
