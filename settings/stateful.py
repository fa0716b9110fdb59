"""A pod with a disk of its own, such as a database's."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import AfterValidator, Field

from settings.container import ImageReference, MountPath, named
from settings.model import Model
from settings.pod import PodSettings
from settings.ports import Port
from settings.probe import LivenessSettings, ProbeSettings
from settings.quantity import Memory
from settings.traffic import TrafficSettings


class StorageSettings(Model):
    """A disk. It cannot change in place: with another size or class the pod gets a new one."""

    path: MountPath = Field(description="Where the pod's main container has it.")
    size: Memory = Field(default="1Gi", description="How much it holds.")
    storage_class: str = Field(default="standard-rwo", min_length=1, description="Its kind; GKE's own default.")
    keep: bool = Field(
        default=False, description="Whether the disk, and what is on it, stays when the stack is destroyed."
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


StatefulWorkloads = Annotated[Mapping[str, StatefulSettings], AfterValidator(named)]
"""By name."""
