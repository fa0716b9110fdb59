"""Containers beside the app's own, and the volumes that they share with it."""

import re
from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import AfterValidator, Field, model_validator

from settings.amounts import Amounts, refuse_excess
from settings.mistake import SettingError
from settings.model import Model
from settings.ports import Ports
from settings.probe import ProbeSettings, refuse_unknown_ports
from settings.quantity import Memory
from settings.variables import Variables

_NAME = r"[a-z]([-a-z0-9]{0,61}[a-z0-9])?"


def _versioned(image: str) -> str:
    if not re.fullmatch(r"[a-z0-9][a-z0-9._:/-]*(:[\w.-]+)?(@sha256:[0-9a-f]{64})?", image, re.ASCII):
        raise SettingError("No image can have this name.", "Write registry, path and tag or digest.")
    if not re.search(r"@sha256:|:[\w.-]+$", image) or image.endswith(":latest"):
        raise SettingError(
            "Pods of one version of the app could run different versions of this image.",
            "Name a version, or better a digest: REPOSITORY@sha256:….",
        )
    return image


def _absolute(path: str) -> str:
    if not re.fullmatch(r"(/[A-Za-z0-9._-]+)+", path) or "/.." in path or path == "/tmp":
        raise SettingError(
            "Nothing can be mounted there; /tmp is taken.", "Write an absolute path, such as /var/cache."
        )
    return path


def named(things: Mapping[str, Any]) -> Mapping[str, Any]:
    """Names that Kubernetes accepts of a workload, a Service, a container or a volume."""
    if refused := [name for name in things if not re.fullmatch(_NAME, name) or name == "tmp"]:
        raise SettingError(
            f"{', '.join(refused)}: Kubernetes refuses such a name, or it is taken.",
            "Write at most 63 lower-case letters, digits and hyphens, other than tmp.",
        )
    return things


ImageReference = Annotated[str, AfterValidator(_versioned)]
"""Registry, path, and version or digest of an image."""


class ContainerSettings(Model):
    """A container of another image, under the same restrictions as the app's."""

    image: ImageReference = Field(description="Registry, path, and version or digest.")
    command: tuple[str, ...] = Field(default=(), description="In place of the image's own; no shell.")
    arguments: tuple[str, ...] = Field(default=(), description="Of the command, or of the image's own.")
    variables: Variables = Field(default={}, description="Its environment variables. Never credentials.")
    requests: Amounts = Field(
        default=Amounts.model_validate({"cpu": "10m", "memory": "32Mi", "ephemeralStorage": "16Mi"}),
        description="Reserved for it.",
    )
    limits: Amounts = Field(
        default=Amounts.model_validate({"cpu": "500m", "memory": "128Mi", "ephemeralStorage": "64Mi"}),
        description="What it may not exceed.",
    )

    @model_validator(mode="after")
    def _requests_within_limits(self) -> "ContainerSettings":
        refuse_excess(self.requests, self.limits)
        return self


class SidecarProbeSettings(ProbeSettings):
    """One probe of a sidecar."""

    path: str = Field(default="/", description="What http and https ask for.")


class SidecarSettings(ContainerSettings):
    """A container that runs as long as the pod."""

    ports: Ports = Field(default={}, description="TCP ports that it listens on, by name.")
    readiness: SidecarProbeSettings | None = Field(
        default=None, description="Whether the pod gets requests, beside the app's own word."
    )
    liveness: SidecarProbeSettings | None = Field(default=None, description="Whether it is restarted.")
    startup: SidecarProbeSettings | None = Field(
        default=None, description="Whether it has started; before that, nothing after it does."
    )

    @model_validator(mode="after")
    def _asked_where_it_listens(self) -> "SidecarSettings":
        refuse_unknown_ports((self.readiness, self.liveness, self.startup), self.ports)
        return self


MountPath = Annotated[str, AfterValidator(_absolute)]


class VolumeSettings(Model):
    """Files that all containers of a pod share, and that go with it."""

    path: MountPath = Field(description="Where they are in every container.")
    size: Memory = Field(description="What they may take of the node's disk; a pod with more is evicted.")


Containers = Annotated[Mapping[str, ContainerSettings], AfterValidator(named)]
"""By name; they start in the order in which they stand."""

Sidecars = Annotated[Mapping[str, SidecarSettings], AfterValidator(named)]
"""By name; they start in the order in which they stand."""

Volumes = Annotated[Mapping[str, VolumeSettings], AfterValidator(named)]
"""By name."""
