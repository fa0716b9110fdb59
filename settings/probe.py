"""Questions that the kubelet asks a container."""

from collections.abc import Iterator, Mapping
from typing import Literal

from pydantic import Field

from settings.mistake import SettingError
from settings.model import Model, rule
from settings.ports import Port


class ProbeSettings(Model):
    """One probe: what is asked, and how patiently."""

    type: Literal["http", "https", "tcp", "grpc", "exec"] = Field(
        default="http",
        description="http and https: the path must answer 200; nobody looks at the certificate. tcp: the port must "
        "accept. grpc: gRPC's health service must answer SERVING. exec: the command must exit with 0.",
    )
    port: Port | str | None = Field(
        default=None, description="Number or name. Default: the container's first port. Not for exec."
    )
    service: str | None = Field(default=None, min_length=1, description="Which of the health service's, for grpc.")
    command: tuple[str, ...] = Field(default=(), description="Program and arguments, for exec; no shell.")
    initial_delay_seconds: int = Field(default=0, ge=0, le=3600, description="Silence after the container's start.")
    period_seconds: int = Field(default=5, ge=1, le=3600, description="From one question to the next.")
    timeout_seconds: int = Field(default=2, ge=1, le=3600, description="How long an answer may take.")
    failure_threshold: int = Field(default=3, ge=1, le=1000, description="Wrong answers in a row that count.")

    @rule
    def _validate_service(self) -> Iterator[SettingError]:
        if self.service and self.type != "grpc":
            yield SettingError(
                f"A probe of type {self.type} would ignore service.", "Remove it, or write `type: grpc`.", "service"
            )

    @rule
    def _validate_command(self) -> Iterator[SettingError]:
        if self.command and self.type != "exec":
            yield SettingError(
                f"A probe of type {self.type} would ignore command.", "Remove it, or write `type: exec`.", "command"
            )
        if self.type == "exec" and not self.command:
            yield SettingError(
                "exec asks by running a command in the container, and there is none.",
                "Write command, such as `command: [cat, /tmp/healthy]`.",
                "command",
            )

    @rule
    def _validate_port(self) -> Iterator[SettingError]:
        if self.type == "exec" and self.port:
            yield SettingError(
                "exec asks by running a command in the container, never by a port.",
                "Write command, and no port.",
                "port",
            )

    def number(self, ports: Mapping[str, int]) -> int:
        """The port that is asked, of a container with `ports`. SettingError when it has none of this name."""
        if isinstance(self.port, int):
            return self.port
        name = self.port or next(iter(ports), "")
        if name not in ports:
            raise SettingError(
                f"A probe asks port {name or '[none]'}, but the container has no port of this name: "
                "it would never be ready.",
                f"Write a number, or one of {', '.join(ports)}." if ports else "State ports, or the probe's port.",
            )
        return ports[name]


class LivenessSettings(ProbeSettings):
    """More patient: its consequence is a restart."""

    initial_delay_seconds: int = Field(default=10, ge=0, le=3600, description="Silence after the container's start.")
    period_seconds: int = Field(default=10, ge=1, le=3600, description="From one question to the next.")
    timeout_seconds: int = Field(default=5, ge=1, le=3600, description="How long an answer may take.")


class StartupSettings(ProbeSettings):
    """A minute by default: until it is answered nothing else is asked, and without an answer there is a restart."""

    period_seconds: int = Field(default=2, ge=1, le=3600, description="From one question to the next.")
    failure_threshold: int = Field(default=30, ge=1, le=1000, description="Wrong answers in a row that count.")


def unknown_ports(name: str, probe: ProbeSettings | None, ports: Mapping[str, int]) -> Iterator[SettingError]:
    """A mistake when the probe of that name asks a port by a name that is not among `ports`."""
    if probe and probe.type != "exec":
        try:
            probe.number(ports)
        except SettingError as error:
            yield SettingError(error.consequence, error.remedy, name, "port")
