"""Whether a cluster fits the place, the network and the image that the rest of the stack file names."""

from settings.cluster import AnyCluster, ClusterSettings
from settings.google import GoogleSettings
from settings.mistake import SettingError
from settings.network import NetworkSettings

NODE_PREFIX = 24
"""Prefix of the range that GKE gives each node for its 110 pods: "Flexible Pod CIDR", default."""


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
    elif cluster.most_nodes > (room := 2 ** (NODE_PREFIX - network.pods.prefixlen)):
        raise SettingError(
            f"The node pools may grow to {cluster.most_nodes} nodes, one more in each while it is upgraded; "
            f"network.pods ({network.pods}) has addresses for {room}.",
            "Widen network.pods or lower maximum.",
        )


def check_platform(platform: str, cluster: ClusterSettings) -> None:
    """Raises SettingError when no node of the cluster could run the image."""
    if platform.removeprefix("linux/") not in cluster.architectures:
        raise SettingError(
            f"platform is {platform}, and no node pool without taints runs it, so no pod would start.",
            f"Choose the platform of cluster.nodePools: {', '.join(sorted(cluster.architectures))}.",
        )


def _check_autopilot(google: GoogleSettings) -> None:
    if google.zones:
        raise SettingError(
            f"Autopilot is regional and chooses the zones itself, so google.zones ({', '.join(google.zones)}) "
            "would have no effect.",
            "Remove google.zones, or remove autopilot.",
        )
