"""What the stack file of pr12er states."""

from collections.abc import Iterator
from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator, Field

from settings import capacity, health_check, placement
from settings.domain import Domain, certifiable, possible
from settings.ingress import DnsSettings
from settings.mistake import SettingError
from settings.model import rule
from settings.naming import host
from settings.pod import unread_options
from settings.service import ServiceSettings
from settings.system import SystemSettings
from settings.workload import WorkloadSettings

SERVER = "server"
PROBE = "/bin/grpc_health_probe"
"""In the image of the server."""

TLS = "grpc-tls"
"""Name of the port where the server speaks TLS, to Google's load balancer."""


def _host(stated: str) -> str:
    return possible(stated) if stated else ""


class Pr12er(SystemSettings):
    """The stack file."""

    application: ClassVar[str] = "pr12er"

    host: Annotated[str, AfterValidator(_host)] = Field(
        default="", description="Where the server answers; made of what it is when absent."
    )
    host_suffix: Domain = Field(default="example.com", description="Ends a host that is made.")
    probes: Literal["exec", "grpc"] = Field(
        default="exec", description="Who asks for the server's health: the image's own probe, or the kubelet itself."
    )
    dns: DnsSettings = Field(
        default=DnsSettings(), description="Where Google's load balancer is named; nothing without it."
    )
    server: WorkloadSettings = Field(description="The server's pods.")

    @rule
    def _validate_probes(self) -> Iterator[SettingError]:
        for name in ("readiness", "liveness"):
            stated = getattr(self.server, name).model_fields_set
            for key in ("type", "command", "port", "service"):
                if key in stated:
                    yield SettingError(
                        f"The key probes says how the server is asked: what {name} says of it would be ignored.",
                        "State delays, periods and patience there, and nothing else.",
                        *("server", name, key),
                    )

    @rule
    def _validate_metrics_port(self) -> Iterator[SettingError]:
        if not self.server.metrics_port:
            yield SettingError(
                "The server would have no port for its metrics.",
                "State metricsPort, such as 9093.",
                "server",
                "metrics_port",
            )

    @rule
    def _validate_options(self) -> Iterator[SettingError]:
        yield from unread_options(self.server, ["server"], created=["metrics_port"])

    @rule
    def _validate_collector_of_metrics(self) -> Iterator[SettingError]:
        yield from placement.collector_of_metrics("server", self.server.metrics_port, self.cluster)

    @rule
    def _validate_capacity(self) -> Iterator[SettingError]:
        yield from capacity.refused(self.server, self.cluster, self.image.platform, "server")

    @rule
    def _validate_exposure(self) -> Iterator[SettingError]:
        if (exposure := self.server.traffic.exposure) not in ("nginx", "google"):
            yield SettingError(
                f"pr12er has no such entrance as {exposure}, so nobody could reach the server.",
                "Write nginx for an Ingress, or google for a Gateway.",
                *("server", "traffic", "exposure"),
            )

    @rule
    def _validate_ports_for_google(self) -> Iterator[SettingError]:
        plain = self.server.port_name
        if self.by_gateway and not {TLS, plain} <= {*self.server.traffic.exposed_ports}:
            yield SettingError(
                "Google's load balancer speaks HTTP/2 to pods under TLS alone, and asks for their health at port "
                f"{plain} in cleartext: without both ports it would send no request.",
                f"Write `exposedPorts: [{TLS}, {plain}]`, and beside traffic `ports: {{{TLS}: 9443}}`.",
                *("server", "traffic", "exposed_ports"),
            )

    @rule
    def _validate_health_check(self) -> Iterator[SettingError]:
        if self.by_gateway:
            yield from health_check.refused_patience("server", self.server.readiness)

    @rule
    def _validate_certificate(self) -> Iterator[SettingError]:
        if self.by_gateway:
            try:
                certifiable(self.domain)
            except SettingError as error:
                yield SettingError(error.consequence, error.remedy, "host")

    @property
    def by_gateway(self) -> bool:
        """Whether visitors come by Google's load balancer, not by a controller of class nginx."""
        return self.server.traffic.exposure == "google"

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
    def environment_variables(self) -> dict[str, str]:
        """By which the server learns where it listens."""
        server = self.server
        ports = {"GRPC": server.port, "TLS": server.ports.get(TLS), "PROMETHEUS": server.metrics_port}
        return {f"PR12ER_{name}_PORT": str(port) for name, port in ports.items() if port}

    @property
    def service(self) -> ServiceSettings:
        """What leads to them: by their own labels, with all of their ports."""
        return ServiceSettings(selector=self.server.labels, ports=self.server.own_ports)


if __name__ == "__main__":
    from settings.command import main

    main(Pr12er)
