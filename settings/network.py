"""Address ranges of the network."""

from ipaddress import IPv4Network
from itertools import combinations
from typing import Annotated

from pydantic import Field, WithJsonSchema, model_validator

from settings.mistake import SettingError
from settings.model import Model

Range = Annotated[IPv4Network, WithJsonSchema({"type": "string", "examples": ["10.0.0.0/20"]})]

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


class NetworkSettings(Model):
    """Private IPv4 ranges in CIDR notation; they must not overlap. RFC 1918, 100.64.0.0/10 and a few more."""

    nodes: Range = Field(default=IPv4Network("10.0.0.0/20"), description="Primary range of the subnet.")
    pods: Range = Field(default=IPv4Network("10.4.0.0/16"), description="Secondary range; 256 addresses a node.")
    services: Range = Field(default=IPv4Network("10.8.0.0/20"), description="Secondary range of ClusterIPs.")

    @model_validator(mode="after")
    def _possible(self) -> "NetworkSettings":
        ranges = {"nodes": self.nodes, "pods": self.pods, "services": self.services}
        problems = [
            f"{one} ({ranges[one]}) and {other} ({ranges[other]}) overlap."
            for one, other in combinations(ranges, 2)
            if ranges[one].overlaps(ranges[other])
        ]
        problems += [
            f"{name} ({network}) is smaller than /{LONGEST_PREFIX[name]}."
            for name, network in ranges.items()
            if network.prefixlen > LONGEST_PREFIX[name]
        ]
        problems += [
            f"{name} ({network}) is larger than /{SHORTEST_PREFIX[name]}."
            for name, network in ranges.items()
            if network.prefixlen < SHORTEST_PREFIX[name]
        ]
        problems += [
            f"{name} ({network}) is public or reserved."
            for name, network in ranges.items()
            if not any(network.subnet_of(block) for block in ALLOWED)
        ]
        if problems:
            raise SettingError(
                f"{' '.join(problems)} Google would refuse the subnet or the cluster.",
                "Choose three separate private ranges, such as 10.0.0.0/20, 10.4.0.0/16 and 10.8.0.0/20.",
            )
        return self
