"""The GKE cluster and its nodes."""

import re
from collections.abc import Mapping
from ipaddress import IPv4Network
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from settings.mistake import SettingError
from settings.model import Model
from settings.network import Range

EVERYONE = IPv4Network("0.0.0.0/0")


def _machine_type(machine_type: str) -> str:
    if not re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)+", machine_type):
        raise SettingError("There is no such machine type.", "Write one, such as e2-standard-2.")
    return machine_type


class NodeSettings(Model):
    """The node pool."""

    machine_type: Annotated[str, AfterValidator(_machine_type)] = Field(
        default="e2-standard-2", description="Compute Engine machine type."
    )
    disk_size_gb: int = Field(default=50, ge=12, le=65536, description="Boot disk, in GB.")
    minimum: int = Field(default=1, ge=0, le=1000, description="Nodes at least, over all zones.")
    maximum: int = Field(default=3, ge=1, le=1000, description="Nodes at most, over all zones.")
    spot: bool = Field(default=False, description="Cheaper machines that Google may take back at any time.")

    @model_validator(mode="after")
    def _ordered(self) -> "NodeSettings":
        if self.minimum > self.maximum:
            raise SettingError(
                f"minimum {self.minimum} is above maximum {self.maximum}, so nothing could be scaled.",
                "Raise maximum or lower minimum.",
            )
        return self


class ClusterSettings(Model):
    """Who reaches the control plane, and how it is kept."""

    deletion_protection: bool = Field(
        description="While true, `pulumi destroy` is refused: first `up` with false, then destroy."
    )
    release_channel: Literal["RAPID", "REGULAR", "STABLE", "EXTENDED"] = Field(
        default="REGULAR", description="How early the cluster gets new Kubernetes versions."
    )
    authorized_networks: Mapping[str, Range] = Field(
        default={},
        description="Name to IPv4 range: who may reach the control plane's IP address. "
        "None: it is reached by its DNS name, which lets in only who IAM lets in.",
    )
    open_to_the_internet: bool = Field(default=False, description="Allows 0.0.0.0/0 in authorizedNetworks.")
    nodes: NodeSettings = NodeSettings()

    @model_validator(mode="after")
    def _closed(self) -> "ClusterSettings":
        if EVERYONE in self.authorized_networks.values() and not self.open_to_the_internet:
            raise SettingError(
                "authorizedNetworks holds 0.0.0.0/0: anyone on the internet could reach the control plane.",
                "Name the ranges you need, leave authorizedNetworks out to use the DNS endpoint, "
                "or say `openToTheInternet: true`.",
            )
        return self
