"""Whether a cluster fits the place, the network and the image that the rest of the stack file names."""

from settings.cluster import AnyCluster, ClusterSettings
from settings.google import GoogleSettings
from settings.mistake import SettingError
from settings.network import NetworkSettings

NODE_PREFIX = 24
"""Prefix of the range that GKE gives each node for its 110 pods: "Flexible Pod CIDR", default."""

RESERVED = 4
"""Addresses that Google keeps of the primary range of a subnet."""


def check(cluster: AnyCluster, google: GoogleSettings, network: NetworkSettings) -> None:
    """Raises SettingError when the cluster could not be created there, or a key would have no effect."""
    if not isinstance(cluster, ClusterSettings):
        if network != NetworkSettings():
            raise SettingError(
                "An existing cluster has its network already, so the key network would have no effect.",
                "Remove network, or remove existing.",
            )
        return
    if cluster.key_region not in (None, google.region):
        raise SettingError(
            f"secretsEncryptionKey is in {cluster.key_region} and the cluster in {google.region}: GKE would refuse it.",
            f"Name a key in {google.region}.",
        )
    if cluster.autopilot:
        _check_autopilot(google)
    else:
        _check_room(cluster.most_nodes, network)


def _check_room(nodes: int, network: NetworkSettings) -> None:
    room = {
        "nodes": network.nodes.num_addresses - RESERVED,
        "pods": 2 ** (NODE_PREFIX - network.pods.prefixlen),
    }
    if tight := [key for key, most in room.items() if nodes > most]:
        ranges = "; ".join(f"network.{key} ({getattr(network, key)}) has addresses for {room[key]}" for key in tight)
        raise SettingError(
            f"The node pools may grow to {nodes} nodes, one more in each while it is upgraded; {ranges}.",
            f"Widen {' and '.join(f'network.{key}' for key in tight)}, or lower maximum.",
        )


def check_platform(platform: str, cluster: ClusterSettings) -> None:
    """Raises SettingError when no node of the cluster could run the image."""
    if platform.removeprefix("linux/") not in cluster.architectures:
        raise SettingError(
            f"platform is {platform}, and no node pool without taints runs it, so no pod would start.",
            f"Choose the platform of cluster.nodePools: {', '.join(sorted(cluster.architectures))}.",
        )


def check_metrics(port: int | None, cluster: AnyCluster | None) -> None:
    """Raises SettingError when pods offer metrics and nobody would collect them."""
    if port and isinstance(cluster, ClusterSettings) and not cluster.observability.managed_prometheus:
        raise SettingError(
            "metricsPort is for Managed Prometheus, which cluster.observability switches off: the cluster would refuse "
            "the PodMonitoring.",
            "Remove metricsPort, or switch managedPrometheus on.",
        )


def _check_autopilot(google: GoogleSettings) -> None:
    if google.zones:
        raise SettingError(
            f"Autopilot is regional and chooses the zones itself, so google.zones ({', '.join(google.zones)}) "
            "would have no effect.",
            "Remove google.zones, or remove autopilot.",
        )
