"""A pod with a disk of its own, such as a database's."""

from collections.abc import Iterator, Mapping

from pydantic import Field

from settings.container import ImageReference, MountPath, ObjectName
from settings.kubernetes_names import ExistingObject
from settings.mistake import SettingError
from settings.model import Model, rule
from settings.pod import PodSettings
from settings.ports import Port
from settings.probe import LivenessSettings, ProbeSettings
from settings.quantity import Memory
from settings.traffic import TrafficSettings

DISK_TYPES = {"standard-rwo": "pd-balanced", "premium-rwo": "pd-ssd"}
"""Persistent disks by GKE's own storage classes: "Persistent volumes and dynamic provisioning"."""


class StorageSettings(Model):
    """A disk. With another size or class the pod gets a new and empty one; with `keep` it keeps the one that it has."""

    path: MountPath = Field(description="Where the pod's main container has it.")
    size: Memory = Field(default="1Gi", description="How much it holds.")
    storage_class: ExistingObject = Field(default="standard-rwo", description="Its kind; GKE's own default.")
    keep: bool = Field(
        default=False,
        description="Whether the disk, and what is on it, stays at Compute Engine when the stack is destroyed; nothing "
        "takes it up again by itself. State it from the beginning: turned on later, the pod gets a new and empty disk. "
        "After that, another size or storageClass has no effect; `kubectl edit pvc` makes the disk larger.",
    )

    @rule
    def _validate_storage_class(self) -> Iterator[SettingError]:
        if self.keep and self.storage_class not in DISK_TYPES:
            yield SettingError(
                f"keep makes a class of its own, like storageClass but with disks that stay; what {self.storage_class} "
                "is like is not known, so the disk would go with the stack.",
                f"Choose {' or '.join(DISK_TYPES)}, or remove keep and give your own class reclaimPolicy Retain.",
                "storage_class",
            )


class StatefulSettings(PodSettings):
    """One pod of a public image, and its disk."""

    image: ImageReference = Field(description="Registry, path, and version or digest.")
    storage: StorageSettings
    port: Port = Field(description="Where the server listens.")
    readiness: ProbeSettings = Field(
        default=ProbeSettings(type="tcp"), description="Whether the pod gets requests. http asks healthPath."
    )
    liveness: LivenessSettings = Field(
        default=LivenessSettings(type="tcp"), description="Whether it is restarted. http asks livenessPath."
    )
    traffic: TrafficSettings = TrafficSettings(exposure="none")
    drain_seconds: int = Field(
        default=1, ge=1, le=120, description="How long a leaving pod keeps serving. There is no other pod meanwhile."
    )


StatefulWorkloads = Mapping[ObjectName, StatefulSettings]
"""By name."""
