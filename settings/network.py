"""Address ranges of the network."""

from collections.abc import Iterator
from ipaddress import IPv4Network
from itertools import combinations
from typing import Annotated

from pydantic import BeforeValidator, Field, Strict, WithJsonSchema

from settings.mistake import SettingError
from settings.model import Model, rule


def _range(text: object) -> object:
    try:
        return text if isinstance(text, IPv4Network) else IPv4Network(text if isinstance(text, str) else "")
    except ValueError:
        raise SettingError(
            "This is no IPv4 range.",
            "Write an address and a prefix length with no host bits, such as 10.0.0.0/20.",
        ) from None


Range = Annotated[
    IPv4Network, Strict(False), BeforeValidator(_range), WithJsonSchema({"type": "string", "examples": ["10.0.0.0/20"]})
]
"""Written as text, in CIDR notation."""

ALLOWED = tuple(
    IPv4Network(block)
    for block in (
        "10.0.0.0/8",
        "172.16.0.0/12",
        "192.168.0.0/16",
        "100.64.0.0/10",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.88.99.0/24",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "240.0.0.0/4",
    )
)
"""Private ranges of a subnet: VPC, "Subnets", "Valid IPv4 ranges"."""

LONGEST_PREFIX = {"nodes": 29, "pods": 24, "services": 27}
"""Smallest ranges that GKE accepts from a user: VPC-native clusters, "IP address ranges"."""

SHORTEST_PREFIX = {"nodes": 8, "pods": 9, "services": 16}
"""Largest ones: same source."""


DEFAULTS = {
    "nodes": IPv4Network("10.0.0.0/20"),
    "pods": IPv4Network("10.4.0.0/16"),
    "services": IPv4Network("10.8.0.0/20"),
}


class NetworkSettings(Model):
    """Private IPv4 ranges in CIDR notation; they must not overlap. RFC 1918, 100.64.0.0/10 and a few more."""

    nodes: Range = Field(
        default=DEFAULTS["nodes"],
        description="Primary range of the subnet. It can grow; any other change replaces subnet and cluster.",
    )
    pods: Range = Field(
        default=DEFAULTS["pods"],
        description="Secondary range; 256 addresses a node. A change replaces subnet and cluster.",
    )
    services: Range = Field(
        default=DEFAULTS["services"],
        description="Secondary range of ClusterIPs. A change replaces subnet and cluster.",
    )

    @rule
    def _validate_nodes(self) -> Iterator[SettingError]:
        yield from _refusals("nodes", self.nodes)

    @rule
    def _validate_pods(self) -> Iterator[SettingError]:
        yield from _refusals("pods", self.pods)

    @rule
    def _validate_services(self) -> Iterator[SettingError]:
        yield from _refusals("services", self.services)

    @rule
    def _validate_separate_ranges(self) -> Iterator[SettingError]:
        ranges = {"nodes": self.nodes, "pods": self.pods, "services": self.services}
        for one, other in combinations(ranges, 2):
            if ranges[one].overlaps(ranges[other]):
                yield SettingError(
                    f"{one} ({ranges[one]}) and {other} ({ranges[other]}) overlap: Google would refuse the subnet.",
                    "Choose three separate private ranges, such as 10.0.0.0/20, 10.4.0.0/16 and 10.8.0.0/20.",
                    other,
                )


def _refusals(name: str, network: IPv4Network) -> Iterator[SettingError]:
    least, most = SHORTEST_PREFIX[name], LONGEST_PREFIX[name]
    if not least <= network.prefixlen <= most:
        size = f"larger than /{least}" if network.prefixlen < least else f"smaller than /{most}"
        yield SettingError(
            f"{name} is {size}: Google would refuse the subnet or the cluster.",
            f"Write a prefix length of {least} to {most}, such as {DEFAULTS[name]}.",
            name,
        )
    if not any(network.subnet_of(block) for block in ALLOWED):
        yield SettingError(
            f"{name} is public or reserved: Google would refuse the subnet or the cluster.",
            f"Choose a private range, such as {DEFAULTS[name]}.",
            name,
        )
