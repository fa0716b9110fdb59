"""Address ranges of the network."""

from ipaddress import IPv4Network
from itertools import combinations
from typing import Annotated

from pydantic import Field, WithJsonSchema, model_validator

from settings.mistake import SettingError
from settings.model import Model

Range = Annotated[IPv4Network, WithJsonSchema({"type": "string", "examples": ["10.0.0.0/20"]})]

LONGEST_PREFIX = {"nodes": 29, "pods": 21, "services": 27}
"""Smallest ranges that GKE accepts: VPC-native clusters, "IP address ranges"."""


class NetworkSettings(Model):
    """Private IPv4 ranges in CIDR notation; they must not overlap."""

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
        problems += [f"{name} ({network}) is public." for name, network in ranges.items() if not network.is_private]
        if problems:
            raise SettingError(
                f"{' '.join(problems)} Google would refuse the subnet or the cluster.",
                "Choose three separate private ranges, such as 10.0.0.0/20, 10.4.0.0/16 and 10.8.0.0/20.",
            )
        return self
