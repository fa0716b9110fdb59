"""The pods that serve."""

import re
from typing import Annotated

from pydantic import AfterValidator, Field, model_validator

from settings.mistake import SettingError
from settings.model import Model
from settings.quantity import Cpu, Memory, amount


def _direct(path: str) -> str:
    if not re.fullmatch(r"/[A-Za-z0-9._~/-]*", path):
        raise SettingError("Neither the probes nor the load balancer can ask for this.", "Write a path, such as /ping.")
    return path


class Amounts(Model):
    """How much of each resource."""

    cpu: Cpu
    memory: Memory
    ephemeral_storage: Memory

    @property
    def manifest(self) -> dict[str, str]:
        """As a container's `resources` hold them."""
        return {"cpu": self.cpu, "memory": self.memory, "ephemeral-storage": self.ephemeral_storage}


class WorkloadSettings(Model):
    """How many pods, how large, and how patiently they come and go."""

    port: int = Field(default=8000, ge=1024, le=65535, description="Where the app listens.")
    health_path: Annotated[str, AfterValidator(_direct)] = Field(
        default="/ping",
        description="Where the app answers 200, without a redirect, to the probes and the load balancer.",
    )
    replicas: int = Field(default=2, ge=1, le=1000, description="Pods; at least 2 where an outage matters.")
    timeout_seconds: int = Field(
        default=600,
        ge=30,
        le=3600,
        description="How long a rollout may take before it is reported as failed.",
    )
    drain_seconds: int = Field(
        default=25,
        ge=1,
        le=120,
        description="How long a leaving pod keeps serving while load balancers forget it; 15 to 30 on GKE.",
    )
    requests: Amounts = Field(
        default=Amounts.model_validate({"cpu": "100m", "memory": "128Mi", "ephemeralStorage": "64Mi"}),
        description="Reserved for each pod.",
    )
    limits: Amounts = Field(
        default=Amounts.model_validate({"cpu": "1", "memory": "256Mi", "ephemeralStorage": "256Mi"}),
        description="What no pod may exceed.",
    )

    @model_validator(mode="after")
    def _patient(self) -> "WorkloadSettings":
        if self.timeout_seconds <= 2 * self.drain_seconds:
            raise SettingError(
                f"timeoutSeconds {self.timeout_seconds} ends before one pod has come and gone "
                f"(twice drainSeconds {self.drain_seconds}), so every rollout would fail.",
                "Raise timeoutSeconds or lower drainSeconds.",
            )
        return self

    @model_validator(mode="after")
    def _requests_within_limits(self) -> "WorkloadSettings":
        limits, requests = self.limits.manifest, self.requests.manifest
        if excess := [name for name in limits if amount(requests[name]) > amount(limits[name])]:
            raise SettingError(
                f"requests exceeds limits in {', '.join(excess)}, so Kubernetes would refuse the pods.",
                "Raise limits or lower requests.",
            )
        return self
