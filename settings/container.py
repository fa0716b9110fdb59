"""Containers beside the app's own, and the volumes that they share with it."""

import re
from collections.abc import Iterator, Mapping
from typing import Annotated

from pydantic import AfterValidator, Field

from settings.amounts import Amounts, excess
from settings.image import is_reference
from settings.mistake import SettingError
from settings.model import Model, rule
from settings.ports import Ports
from settings.probe import ProbeSettings, unknown_ports
from settings.quantity import Memory
from settings.variables import Variables

_NAME = r"[a-z]([-a-z0-9]{0,61}[a-z0-9])?"


def _versioned(image: str) -> str:
    if not is_reference(image):
        raise SettingError(
            "No image can have this name.",
            "Write registry, path in lower case, and tag or digest, such as docker.io/library/redis:7.4.2.",
        )
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


def _name(name: str) -> str:
    if not re.fullmatch(_NAME, name) or name == "tmp":
        raise SettingError(
            f"{name}: Kubernetes refuses such a name, or it is taken.",
            "Write at most 63 lower-case letters, digits and hyphens, other than tmp.",
        )
    return name


ObjectName = Annotated[str, AfterValidator(_name)]
"""Of a workload, a Service, a container or a volume."""


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

    @rule
    def _validate_requests_within_limits(self) -> Iterator[SettingError]:
        yield from excess(self.requests, self.limits)


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

    @rule
    def _validate_readiness_port(self) -> Iterator[SettingError]:
        yield from unknown_ports("readiness", self.readiness, self.ports)

    @rule
    def _validate_liveness_port(self) -> Iterator[SettingError]:
        yield from unknown_ports("liveness", self.liveness, self.ports)

    @rule
    def _validate_startup_port(self) -> Iterator[SettingError]:
        yield from unknown_ports("startup", self.startup, self.ports)


MountPath = Annotated[str, AfterValidator(_absolute)]


class VolumeSettings(Model):
    """Files that all containers of a pod share, and that go with it."""

    path: MountPath = Field(description="Where they are in every container.")
    size: Memory = Field(description="What they may take of the node's disk; a pod with more is evicted.")


Containers = Mapping[ObjectName, ContainerSettings]
"""By name; they start in the order in which they stand."""

Sidecars = Mapping[ObjectName, SidecarSettings]
"""By name; they start in the order in which they stand."""

Volumes = Mapping[ObjectName, VolumeSettings]
"""By name."""
