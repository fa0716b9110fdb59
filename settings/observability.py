"""What Google Cloud's operations suite gets to see of a cluster."""

from collections.abc import Iterator
from typing import Any, Literal

from pydantic import Field

from settings.mistake import SettingError
from settings.model import Model, rule

SYSTEM = "SYSTEM_COMPONENTS"

OFF = "none"
"""The service that stands for no logs and no metrics."""


class ObservabilitySettings(Model):
    """Logs and metrics; what is collected is billed."""

    logging: tuple[Literal["SYSTEM_COMPONENTS", "WORKLOADS", "APISERVER", "CONTROLLER_MANAGER", "SCHEDULER"], ...] = (
        Field(default=(SYSTEM, "WORKLOADS"), description="Whose logs Cloud Logging keeps.")
    )
    monitoring: tuple[
        Literal[
            "SYSTEM_COMPONENTS",
            "APISERVER",
            "CONTROLLER_MANAGER",
            "SCHEDULER",
            "STORAGE",
            "HPA",
            "POD",
            "DAEMONSET",
            "DEPLOYMENT",
            "STATEFULSET",
            "CADVISOR",
            "KUBELET",
        ],
        ...,
    ] = Field(default=(SYSTEM,), description="Whose metrics Cloud Monitoring keeps.")
    managed_prometheus: bool = Field(
        default=True, description="Runs Google's collector, which PodMonitoring objects tell what to scrape."
    )

    @rule
    def _validate_logging(self) -> Iterator[SettingError]:
        yield from _incomplete("logging", self.logging)

    @rule
    def _validate_monitoring(self) -> Iterator[SettingError]:
        yield from _incomplete("monitoring", self.monitoring)

    @property
    def switched_off(self) -> list[str]:
        """Attributes that switch off what Autopilot always has."""
        return [name for name in ("logging", "monitoring", "managed_prometheus") if not getattr(self, name)]

    @property
    def inputs(self) -> dict[str, Any]:
        """As a GKE cluster holds them: components in Google's order, and off by the service's name.

        Otherwise every preview would show a difference: Google reports components by the alphabet, and no empty list.
        """
        prometheus = {"managedPrometheus": {"enabled": self.managed_prometheus}}
        logs = {"loggingConfig": {"enableComponents": sorted(set(self.logging))}}
        metrics = {"monitoringConfig": {"enableComponents": sorted(set(self.monitoring)), **prometheus}}
        return {
            **(logs if self.logging else {"loggingService": OFF}),
            **(metrics if self.monitoring else {"monitoringService": OFF, "monitoringConfig": prometheus}),
        }


def _incomplete(key: str, components: tuple[str, ...]) -> Iterator[SettingError]:
    if components and SYSTEM not in components:
        yield SettingError(
            f"{key} leaves out {SYSTEM}, without which GKE collects nothing else.",
            f"Add {SYSTEM}, or write an empty list.",
            key,
        )
