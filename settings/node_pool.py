"""A node pool: machines of one kind, as many as the pods need."""

import re
from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, WithJsonSchema, model_validator

from settings.mistake import SettingError
from settings.model import Model

HYPERDISK_ONLY = ("c4", "c4a", "c4d", "n4", "n4a", "n4d")
"""Machine families that take no Persistent Disk: Compute Engine, "Machine series comparison"."""

WITHOUT_HYPERDISK = ("e2", "t2a", "t2d")
"""Machine families that take no Hyperdisk Balanced: same source."""

ARM = ("c4a", "n4a", "t2a")
"""Machine families with Arm processors."""

LABEL_PATTERN = r"([a-z0-9.-]{1,253}/)?[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?"
NAME_PATTERN = r"[a-z]([-a-z0-9]{0,13}[a-z0-9])?"
"""Short enough that cluster and pool together make a name that GKE accepts."""


def _machine_type(machine_type: str) -> str:
    if not re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)+", machine_type):
        raise SettingError("There is no such machine type.", "Write one, such as e2-standard-2.")
    return machine_type


def _pool_name(name: str) -> str:
    if not re.fullmatch(NAME_PATTERN, name):
        raise SettingError(
            f"GKE would refuse a node pool named {name}.",
            "Write at most 15 lower-case letters, digits and inner hyphens, beginning with a letter.",
        )
    return name


def _label(key: str) -> str:
    if not re.fullmatch(LABEL_PATTERN, key):
        raise SettingError("Kubernetes would refuse this key.", "Write a label's key, such as example.com/batch.")
    if re.match(r"([^/]*\.)?(kubernetes|k8s)\.io/", key) or re.match(r"([^/]*\.)?google\.com/", key):
        raise SettingError("This prefix belongs to Kubernetes and GKE, which refuse it.", "Use a prefix of your own.")
    return key


PoolName = Annotated[
    str, AfterValidator(_pool_name), WithJsonSchema({"type": "string", "pattern": f"^{NAME_PATTERN}$"})
]
LabelKey = Annotated[str, AfterValidator(_label)]


class Taint(Model):
    """What keeps pods off the nodes unless they tolerate it."""

    key: LabelKey = Field(description="Key, such as example.com/batch.")
    value: str = Field(default="true", pattern=r"^[A-Za-z0-9._-]{0,63}$", description="Value of the key.")
    effect: Literal["NO_SCHEDULE", "PREFER_NO_SCHEDULE", "NO_EXECUTE"] = Field(
        default="NO_SCHEDULE", description="What happens to pods that do not tolerate it."
    )


class NodePoolSettings(Model):
    """Machines and their number."""

    machine_type: Annotated[str, AfterValidator(_machine_type)] = Field(
        default="e2-standard-2", description="Compute Engine machine type."
    )
    disk_type: Literal["pd-standard", "pd-balanced", "pd-ssd", "hyperdisk-balanced"] = Field(
        default="pd-balanced", description="Kind of the boot disk."
    )
    disk_size_gb: int = Field(default=50, ge=12, le=65536, description="Boot disk, in GB.")
    minimum: int = Field(default=1, ge=0, le=1000, description="Nodes at least, over all zones.")
    maximum: int = Field(default=3, ge=1, le=1000, description="Nodes at most, over all zones.")
    auto_upgrade: bool = Field(default=True, description="Google upgrades the nodes after the control plane.")
    auto_repair: bool = Field(default=True, description="Google replaces nodes that stay unhealthy.")
    spot: bool = Field(default=False, description="Cheaper machines that Google may take back at any time.")
    labels: Mapping[LabelKey, str] = Field(default={}, description="Kubernetes labels of the nodes.")
    taints: tuple[Taint, ...] = Field(default=(), description="What keeps pods off unless they tolerate it.")

    @property
    def switched_off(self) -> list[str]:
        """Keys that switch off what release channels demand."""
        return [key for key, on in {"autoUpgrade": self.auto_upgrade, "autoRepair": self.auto_repair}.items() if not on]

    @property
    def architecture(self) -> str:
        """As images and nodes name it: amd64 or arm64."""
        return "arm64" if self._family in ARM else "amd64"

    @property
    def _family(self) -> str:
        return self.machine_type.partition("-")[0]

    @model_validator(mode="after")
    def _ordered(self) -> "NodePoolSettings":
        if self.minimum > self.maximum:
            raise SettingError(
                f"minimum {self.minimum} is above maximum {self.maximum}, so nothing could be scaled.",
                "Raise maximum or lower minimum.",
            )
        return self

    @model_validator(mode="after")
    def _bootable(self) -> "NodePoolSettings":
        hyperdisk = self.disk_type == "hyperdisk-balanced"
        if self._family in (WITHOUT_HYPERDISK if hyperdisk else HYPERDISK_ONLY):
            raise SettingError(
                f"{self.machine_type} cannot boot from {self.disk_type}, so Google would refuse the node pool.",
                f"Set diskType to {'pd-balanced' if hyperdisk else 'hyperdisk-balanced'}.",
            )
        return self
