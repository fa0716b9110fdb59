"""A stack file of the web app, whole."""

from typing import Annotated

from pydantic import AfterValidator, Field

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

    @property
    def variables(self) -> frozenset[str]:
        return frozenset((*self.workload.variables, *self.workload.pod_fields))
