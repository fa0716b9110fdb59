"""A stack file of the web app, whole."""

from collections.abc import Iterator
from typing import Annotated

from pydantic import Field

from settings import capacity, health_check, placement
from settings.domain import Domain
from settings.ingress import DnsSettings, IngressSettings
from settings.mistake import SettingError
from settings.model import rule
from settings.system import SystemSettings
from settings.workload import WorkloadSettings

CERTIFICATES = 15
"""Compute Engine quota: SSL certificates of one target HTTPS proxy; each domain has one of its own."""


Domains = Annotated[tuple[Domain, ...], Field(json_schema_extra={"minItems": 1, "maxItems": CERTIFICATES})]
"""Hosts that one load balancer can have certificates for."""


def refused_domains(domains: tuple[str, ...]) -> Iterator[SettingError]:
    """As a rule of the settings that have `domains`."""
    if not 1 <= len(domains) <= CERTIFICATES:
        yield SettingError(
            f"{len(domains)} domains are listed; one load balancer serves 1 to {CERTIFICATES}.",
            f"List at least 1 and at most {CERTIFICATES} domains.",
            "domains",
        )
    if repeated := sorted({domain for domain in domains if domains.count(domain) > 1}):
        yield SettingError(
            f"{', '.join(repeated)} is listed twice, so names would collide.", "List each domain once.", "domains"
        )


class Settings(SystemSettings):
    """Everything a stack file states, but for its secrets."""

    domains: Domains = Field(description="Hosts of the app; the first is its main one.")
    workload: WorkloadSettings = WorkloadSettings()
    ingress: IngressSettings = IngressSettings()
    dns: DnsSettings = DnsSettings()

    @rule
    def _validate_domains(self) -> Iterator[SettingError]:
        yield from refused_domains(self.domains)

    @rule
    def _validate_exposure(self) -> Iterator[SettingError]:
        exposure = self.workload.traffic.exposure
        if exposure not in ("google", "anywhere"):
            yield SettingError(
                f"traffic.exposure {exposure} keeps Google's load balancer out, which brings all visitors.",
                "Remove it.",
                *("workload", "traffic", "exposure"),
            )

    @rule
    def _validate_exposed_port(self) -> Iterator[SettingError]:
        ports, port = self.workload.traffic.exposed_ports, self.workload.port_name
        if ports and port not in ports:
            yield SettingError(
                f"traffic.exposedPorts leaves out {port}, where the load balancer brings all visitors.",
                "Add it, or remove exposedPorts.",
                *("workload", "traffic", "exposed_ports"),
            )

    @rule
    def _validate_workload_identity(self) -> Iterator[SettingError]:
        yield from placement.workload_identity("workload", self.workload.google_roles, self.cluster)

    @rule
    def _validate_capacity(self) -> Iterator[SettingError]:
        yield from capacity.refused(self.workload, self.cluster, self.image.platform, "workload")

    @rule
    def _validate_protocols(self) -> Iterator[SettingError]:
        yield from health_check.refused_protocols("workload", self.workload, health_check=True)

    @rule
    def _validate_health_check(self) -> Iterator[SettingError]:
        yield from health_check.refused_patience("workload", self.workload.readiness)

    @rule
    def _validate_collector_of_metrics(self) -> Iterator[SettingError]:
        yield from placement.collector_of_metrics("workload", self.workload.metrics_port, self.cluster)


if __name__ == "__main__":
    from settings.command import main

    main(Settings)
