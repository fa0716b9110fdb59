"""A stack file of the web app, whole."""

from typing import Annotated

from pydantic import AfterValidator, Field, ValidationInfo, field_validator

from settings import placement
from settings.domain import Domain
from settings.ingress import DnsSettings, IngressSettings
from settings.mistake import SettingError
from settings.system import SystemSettings
from settings.workload import WorkloadSettings

CERTIFICATES = 15
"""Compute Engine quota: SSL certificates of one target HTTPS proxy; each domain has one of its own."""


def _certifiable(domains: tuple[str, ...]) -> tuple[str, ...]:
    if not 1 <= len(domains) <= CERTIFICATES:
        raise SettingError(
            f"{len(domains)} domains are listed; one load balancer serves 1 to {CERTIFICATES}.",
            f"List at least 1 and at most {CERTIFICATES} domains.",
        )
    if repeated := sorted({domain for domain in domains if domains.count(domain) > 1}):
        raise SettingError(f"{', '.join(repeated)} is listed twice, so names would collide.", "List each domain once.")
    return domains


Domains = Annotated[tuple[Domain, ...], AfterValidator(_certifiable)]
"""Hosts that one load balancer can have certificates for."""


class Settings(SystemSettings):
    """Everything a stack file states, but for its secrets."""

    domains: Domains = Field(
        description="Hosts of the app; the first is its main one.",
        json_schema_extra={"minItems": 1, "maxItems": CERTIFICATES},
    )
    workload: WorkloadSettings = WorkloadSettings()
    ingress: IngressSettings = IngressSettings()
    dns: DnsSettings = DnsSettings()

    @field_validator("workload")
    @classmethod
    def _served(cls, workload: WorkloadSettings, info: ValidationInfo) -> WorkloadSettings:
        traffic = workload.traffic
        if traffic.exposure not in ("google", "anywhere"):
            raise SettingError(
                f"traffic.exposure {traffic.exposure} keeps Google's load balancer out, which brings all visitors.",
                "Remove it.",
            )
        if traffic.exposed_ports and workload.port_name not in traffic.exposed_ports:
            raise SettingError(
                f"traffic.exposedPorts leaves out {workload.port_name}, where the load balancer brings all visitors.",
                "Add it, or remove exposedPorts.",
            )
        if workload.readiness.type == "https":
            raise SettingError(
                "readiness asks over TLS, but the load balancer speaks HTTP to the pods: none would be healthy.",
                "Serve HTTP, and write another readiness.type.",
            )
        placement.check_metrics(workload.metrics_port, info.data.get("cluster"))
        return workload

    @property
    def variables(self) -> frozenset[str]:
        return frozenset((*self.workload.variables, *self.workload.pod_fields))


if __name__ == "__main__":
    from settings.command import main

    main(Settings)
