"""The pods that serve."""

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from settings.amounts import Amounts, refuse_excess
from settings.container import Containers, Volumes
from settings.disruption import DisruptionSettings
from settings.google_roles import GoogleRoles
from settings.job import CronJobs, JobSettings
from settings.mistake import SettingError
from settings.model import Model
from settings.probe import LivenessSettings, ProbeSettings
from settings.scaling import ScalingSettings
from settings.traffic import TrafficSettings
from settings.variables import PodFields, Variables


def _direct(path: str) -> str:
    if not re.fullmatch(r"/[A-Za-z0-9._~/-]*", path):
        raise SettingError("Neither the probes nor the load balancer can ask for this.", "Write a path, such as /ping.")
    return path


class WorkloadSettings(Model):
    """How many pods, how large, and how patiently they come and go."""

    port: int = Field(default=8000, ge=1024, le=65535, description="Where the app listens.")
    health_path: Annotated[str, AfterValidator(_direct)] = Field(
        default="/ping",
        description="Where the app answers 200, without a redirect, to the probes and the load balancer.",
    )
    liveness_path: Annotated[str, AfterValidator(_direct)] = Field(
        default="/livez", description="Where the app answers 200 as long as a restart would not help it."
    )
    metrics_port: int | None = Field(
        default=None, ge=1024, le=65535, description="Where the app answers /metrics, for Managed Prometheus to read."
    )
    readiness: ProbeSettings = Field(
        default=ProbeSettings(), description="Whether a pod gets requests. http asks healthPath."
    )
    liveness: LivenessSettings = Field(
        default=LivenessSettings(), description="Whether a container is restarted. http asks livenessPath."
    )
    replicas: int = Field(default=2, ge=1, le=1000, description="Pods; at least 2 where an outage matters.")
    scaling: ScalingSettings | None = Field(
        default=None,
        description="Lets the load decide, in place of replicas. Turned on, one pod serves alone for some seconds.",
    )
    disruption: DisruptionSettings | None = Field(
        default=None, description="How many pods may be away while nodes are drained. None: all."
    )
    spread: Literal["preferred", "required"] = Field(
        default="preferred",
        description="Over zones and nodes alike. required: a pod waits rather than make it uneven.",
    )
    priority: int | None = Field(
        default=None,
        ge=-1_000_000_000,
        le=1_000_000_000,
        description="Pods of higher priority push others off a full node; 0 is everybody's.",
    )
    traffic: TrafficSettings = TrafficSettings()
    variables: Variables = Field(default={}, description="The app's environment variables. Never credentials.")
    pod_fields: PodFields = Field(
        default={}, description="Environment variables that hold a field of the pod, such as metadata.name."
    )
    google_roles: GoogleRoles = Field(
        default=(), description="Roles of the app in the project, which it uses without a key (Workload Identity)."
    )
    migration: JobSettings | None = Field(
        default=None, description="Runs once for each image, before any pod of the app has it."
    )
    cron_jobs: CronJobs = Field(default={}, description="Commands by name that run at set times in the app's image.")
    sidecars: Containers = Field(
        default={}, description="Run beside the app and its jobs: they start before and end after it."
    )
    init_containers: Containers = Field(
        default={}, description="Must succeed, in order, before the app or a job starts."
    )
    volumes: Volumes = Field(default={}, description="Shared by all containers of a pod, beside the app's /tmp.")
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
        refuse_excess(self.requests, self.limits)
        return self

    @model_validator(mode="after")
    def _one_number_of_pods(self) -> "WorkloadSettings":
        if self.scaling and "replicas" in self.model_fields_set:
            raise SettingError(
                "replicas and scaling both say how many pods there are; each rollout would undo what the load asked.",
                "Remove replicas; scaling.minimum says how many there are at least.",
            )
        return self

    @model_validator(mode="after")
    def _evictable(self) -> "WorkloadSettings":
        if self.disruption and self.disruption.evictable(self.least) < 1:
            raise SettingError(
                f"disruption lets none of {self.least} pods go, so nodes could never be drained or upgraded.",
                "Run more pods, lower disruption.minAvailable, or write `disruption: {maxUnavailable: 1}`.",
            )
        return self

    @model_validator(mode="after")
    def _asked_where_it_answers(self) -> "WorkloadSettings":
        if self.readiness.type == "http" and self.readiness.port not in (None, self.port):
            raise SettingError(
                f"readiness asks port {self.readiness.port}, but visitors come to port {self.port}: "
                "a pod could be ready and not serve.",
                "Remove readiness.port.",
            )
        if self.metrics_port == self.port:
            raise SettingError(
                f"metricsPort is the port of the app, {self.port}: the load balancer would show metrics to everyone.",
                "Give the metrics a port of their own, such as 9090.",
            )
        return self

    @model_validator(mode="after")
    def _apart(self) -> "WorkloadSettings":
        paths = [volume.path for volume in self.volumes.values()]
        if len({*paths}) < len(paths) or self.sidecars.keys() & self.init_containers.keys():
            raise SettingError(
                "Two volumes have one path, or a sidecar and an initContainer one name, so Kubernetes would refuse it.",
                "Give each its own.",
            )
        return self

    @model_validator(mode="after")
    def _unambiguous(self) -> "WorkloadSettings":
        if doubles := sorted(self.variables.keys() & self.pod_fields.keys()):
            raise SettingError(
                f"{', '.join(doubles)} stands in variables and in podFields, so one of the two would be lost.",
                "State each variable once.",
            )
        return self

    @property
    def least(self) -> int:
        """Pods when there is nothing to do."""
        return self.scaling.minimum if self.scaling else self.replicas

    @property
    def told(self) -> dict[str, str]:
        """Environment variables by which the app learns of these settings."""
        return {"METRICS_ADDRESS": f"0.0.0.0:{self.metrics_port}"} if self.metrics_port else {}
