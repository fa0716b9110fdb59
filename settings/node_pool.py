"""A node pool: machines of one kind, as many as the pods need."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, WithJsonSchema

from settings.labels import KEY_PATTERN, VALUE_PATTERN
from settings.machines import Node, allocatable
from settings.mistake import SettingError
from settings.model import Model, rule

HYPERDISK_ONLY = frozenset(("a4", "a4x", "c4", "c4a", "c4d", "g4", "h4d", "m4", "n4", "n4a", "n4d", "x4"))
"""Machine families that take no Persistent Disk: Compute Engine, "Machine series comparison"."""

DiskType = Literal["pd-balanced", "pd-standard", "pd-ssd", "hyperdisk-balanced"]

REFUSED: Mapping[DiskType, frozenset[str]] = {
    "pd-balanced": HYPERDISK_ONLY,
    "pd-standard": HYPERDISK_ONLY | {"a3", "c3", "c3d", "g2", "h3", "m3", "z3"},
    "pd-ssd": HYPERDISK_ONLY | {"h3"},
    "hyperdisk-balanced": frozenset(("a2", "c2", "c2d", "e2", "g2", "n1", "n2", "n2d", "t2a", "t2d")),
}
"""Machine families that cannot boot from a kind of disk: same source."""

ARM = ("c4a", "n4a", "t2a")
"""Machine families with Arm processors."""

COMPUTE_CLASS = "cloud.google.com/compute-class"
"""The one of GKE's own keys that a node pool may have: that of the ComputeClass it belongs to."""

NAME_PATTERN = r"[a-z]([-a-z0-9]{0,13}[a-z0-9])?"
"""Short, because a digest is added to it, and GKE puts both into the names of the nodes."""


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


def _of_gke(key: str) -> bool:
    """Whether Kubernetes or GKE gives nodes this label."""
    return re.match(r"([^/]*\.)?((kubernetes|k8s)\.io|google\.com)/", key) is not None and key != COMPUTE_CLASS


def _label(key: str) -> str:
    if key == COMPUTE_CLASS:
        return key
    if not re.fullmatch(KEY_PATTERN, key):
        raise SettingError("Kubernetes would refuse this key.", "Write a label's key, such as example.com/batch.")
    if _of_gke(key):
        raise SettingError("This prefix belongs to Kubernetes and GKE, which refuse it.", "Use a prefix of your own.")
    return key


PoolName = Annotated[
    str, AfterValidator(_pool_name), WithJsonSchema({"type": "string", "pattern": f"^{NAME_PATTERN}$"})
]
LabelKey = Annotated[str, AfterValidator(_label)]
LabelValue = Annotated[str, Field(pattern=f"^{VALUE_PATTERN}$")]


class Taint(Model):
    """What keeps pods off the nodes unless they tolerate it."""

    key: LabelKey = Field(description="Key, such as example.com/batch.")
    value: LabelValue = Field(default="true", description="Value of the key.")
    effect: Literal["NO_SCHEDULE", "PREFER_NO_SCHEDULE", "NO_EXECUTE"] = Field(
        default="NO_SCHEDULE", description="What happens to pods that do not tolerate it."
    )


EFFECTS = {
    "NO_SCHEDULE": "NoSchedule",
    "PREFER_NO_SCHEDULE": "PreferNoSchedule",
    "NO_EXECUTE": "NoExecute",
}
"""Kubernetes' words by Google's."""


class Toleration(Model):
    """Lets pods onto nodes with a taint; without value, whatever its value is."""

    key: LabelKey = Field(description="Key of the taint.")
    value: LabelValue | None = Field(default=None, description="Value of the taint. None: any.")
    effect: Literal["NO_SCHEDULE", "PREFER_NO_SCHEDULE", "NO_EXECUTE"] | None = Field(
        default=None, description="Effect of the taint. None: any."
    )

    def covers(self, taint: Taint) -> bool:
        """Whether pods with it may run beside the taint."""
        return self.key == taint.key and self.value in (None, taint.value) and self.effect in (None, taint.effect)


class NodePoolSettings(Model):
    """Machines and their number."""

    machine_type: Annotated[str, AfterValidator(_machine_type)] = Field(
        default="e2-standard-2", description="Compute Engine machine type. A change exchanges the nodes one by one."
    )
    disk_type: DiskType = Field(
        default="pd-balanced", description="Kind of the boot disk. A change exchanges the nodes one by one."
    )
    disk_size_gb: int = Field(default=50, ge=12, le=65536, description="Boot disk, in GB.")
    minimum: int = Field(default=1, ge=0, le=1000, description="Nodes at least, over all zones.")
    maximum: int = Field(default=3, ge=1, le=1000, description="Nodes at most, over all zones.")
    auto_upgrade: bool = Field(default=True, description="Google upgrades the nodes after the control plane.")
    auto_repair: bool = Field(default=True, description="Google replaces nodes that stay unhealthy.")
    spot: bool = Field(
        default=False,
        description="Cheaper machines that Google may take back at any time. A change makes a new pool, and then "
        "drains and deletes the old one.",
    )
    labels: Mapping[LabelKey, LabelValue] = Field(default={}, description="Kubernetes labels of the nodes.")
    taints: tuple[Taint, ...] = Field(default=(), description="What keeps pods off unless they tolerate it.")

    @property
    def switched_off(self) -> list[str]:
        """Attributes that switch off what release channels demand."""
        return [name for name in ("auto_upgrade", "auto_repair") if not getattr(self, name)]

    def initial_nodes(self, zones: int) -> int:
        """Nodes in each of the zones to begin with: the minimum, evenly, as far as the maximum lets it."""
        return min(-(-self.minimum // zones), self.maximum // zones)

    @property
    def architecture(self) -> str:
        """As images and nodes name it: amd64 or arm64."""
        return "arm64" if self._family in ARM else "amd64"

    def takes(self, selector: Mapping[str, str], tolerations: Sequence[Toleration]) -> bool:
        """Whether pods with these may run on its nodes; a taint that only prefers others keeps nobody off."""
        taints = [taint for taint in self.taints if taint.effect != "PREFER_NO_SCHEDULE"]
        tolerated = all(any(each.covers(taint) for each in tolerations) for taint in taints)
        own = {key: value for key, value in selector.items() if not _of_gke(key)}
        return tolerated and own.items() <= self.labels.items()

    @property
    def allocatable(self) -> Node | None:
        """What a node has for pods; None where that is not known."""
        return allocatable(self.machine_type, self.disk_size_gb)

    @property
    def _family(self) -> str:
        return self.machine_type.partition("-")[0]

    @rule
    def _validate_minimum(self) -> Iterator[SettingError]:
        if self.minimum > self.maximum:
            yield SettingError(
                f"minimum {self.minimum} is above maximum {self.maximum}, so nothing could be scaled.",
                "Raise maximum or lower minimum.",
                "minimum",
            )

    @rule
    def _validate_boot_disk(self) -> Iterator[SettingError]:
        if self._family in REFUSED[self.disk_type]:
            fitting = [disk for disk, families in REFUSED.items() if self._family not in families]
            yield SettingError(
                f"{self.machine_type} cannot boot from {self.disk_type}, so Google would refuse the node pool.",
                f"Set diskType to {' or '.join(fitting)}.",
                "disk_type",
            )


DEFAULT_POOL = NodePoolSettings.model_validate(
    {"machineType": "e2-medium", "diskType": "pd-standard", "diskSizeGb": 20}
)
"""What GKE makes first, one node a zone, and the program removes before it makes its own pools.

Unstated it takes 100 GB of a region's quota for SSDs in each zone, and the project's default account.
"""
