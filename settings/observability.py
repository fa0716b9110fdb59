"""What Google Cloud's operations suite gets to see of a cluster."""

from typing import Any, Literal

from pydantic import Field, model_validator

from settings.mistake import SettingError
from settings.model import Model

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

    @model_validator(mode="after")
    def _complete(self) -> "ObservabilitySettings":
        for key, components in (("logging", self.logging), ("monitoring", self.monitoring)):
            if components and SYSTEM not in components:
                raise SettingError(
                    f"{key} leaves out {SYSTEM}, without which GKE collects nothing else.",
                    f"Add {SYSTEM}, or write an empty list.",
                )
        return self

    @property
    def switched_off(self) -> list[str]:
        """Keys that switch off what Autopilot always has."""
        off = {
            "logging": not self.logging,
            "monitoring": not self.monitoring,
            "managedPrometheus": not self.managed_prometheus,
        }
        return [key for key, is_off in off.items() if is_off]

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
