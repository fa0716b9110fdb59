"""What the stack file of pr12er states."""

from typing import ClassVar, Literal

from pydantic import Field, ValidationInfo, field_validator

from settings import placement
from settings.domain import Domain, possible
from settings.mistake import SettingError
from settings.naming import host
from settings.service import ServiceSettings
from settings.system import SystemSettings
from settings.workload import WorkloadSettings

SERVER = "server"
PROBE = "/bin/grpc_health_probe"
"""In the image of the server."""


class Pr12er(SystemSettings):
    """The stack file."""

    application: ClassVar[str] = "pr12er"

    host: str = Field(default="", description="Where the server answers; made of what it is when absent.")
    host_suffix: Domain = Field(default="example.com", description="Ends a host that is made.")
    probes: Literal["exec", "grpc"] = Field(
        default="exec", description="Who asks for the server's health: the image's own probe, or the kubelet itself."
    )
    server: WorkloadSettings = Field(description="The server's pods.")

    @field_validator("host")
    @classmethod
    def _possible(cls, stated: str) -> str:
        return possible(stated) if stated else ""

    @field_validator("server")
    @classmethod
    def _asked_and_measured(cls, server: WorkloadSettings, info: ValidationInfo) -> WorkloadSettings:
        questions = {"type", "command", "port", "service"}
        if questions & (server.readiness.model_fields_set | server.liveness.model_fields_set):
            raise SettingError(
                "The key probes says how the server is asked: what readiness or liveness says of it would be ignored.",
                "State delays, periods and patience there, and nothing else.",
            )
        if not server.metrics_port:
            raise SettingError("The server would have no port for its metrics.", "State metricsPort, such as 9093.")
        placement.check_metrics(server.metrics_port, info.data.get("cluster"))
        return server

    @property
    def domain(self) -> str:
        """The stated host, or the one that is made."""
        return self.host or host(SERVER, self.name, self.environment, self.host_suffix)

    @property
    def pods(self) -> WorkloadSettings:
        """The server's, with both probes as `probes` says."""
        server = self.server
        command = (PROBE, f"--addr=:{server.port}") if self.probes == "exec" else ()
        asking = {"type": self.probes, "command": command}
        probes = {name: getattr(server, name).model_copy(update=asking) for name in ("readiness", "liveness")}
        return server.model_copy(update=probes)

    @property
    def service(self) -> ServiceSettings:
        """What leads to them: by their own labels, with all of their ports."""
        return ServiceSettings(selector=self.server.labels, ports=self.server.own_ports)


if __name__ == "__main__":
    from settings.command import main

    main(Pr12er)
