"""The pods that serve."""

from collections.abc import Iterator, Mapping
from typing import Literal

from pydantic import Field

from settings.container import ObjectName
from settings.disruption import DisruptionSettings
from settings.job import CronJobs, JobSettings
from settings.mistake import SettingError
from settings.model import rule
from settings.pod import PodSettings
from settings.scaling import ScalingSettings

MIGRATION = "migration"
"""Name of the job that runs before the app."""

SURGE = "25%"
"""Pods, rounded up, that a rollout has beside those that serve."""

MOST_ROUNDS = 4
"""That follow from it, however many pods there are."""


class WorkloadSettings(PodSettings):
    """How many pods, how large, and how patiently they come and go."""

    replicas: int = Field(default=2, ge=1, le=1000, description="Pods; at least 2 where an outage matters.")
    scaling: ScalingSettings | None = Field(
        default=None,
        description="Lets the load decide, in place of replicas. Turned off again, `up` stops once with a conflict, "
        "because the number of pods is the autoscaler's: `PULUMI_K8S_ENABLE_PATCH_FORCE=true pulumi up` takes it back.",
    )
    disruption: DisruptionSettings | None = Field(
        default=None, description="How many pods may be away while nodes are drained. None: all."
    )
    spread: Literal["preferred", "required"] = Field(
        default="preferred",
        description="Over zones and nodes alike. required: a pod waits rather than make it uneven.",
    )
    migration: JobSettings | None = Field(
        default=None,
        description="Runs before any pod of the app has a new image, or other variables, volumes or amounts.",
    )
    cron_jobs: CronJobs = Field(default={}, description="Commands by name that run at set times in the app's image.")

    @rule
    def _validate_replicas_or_scaling(self) -> Iterator[SettingError]:
        if self.scaling and "replicas" in self.model_fields_set:
            yield SettingError(
                "replicas and scaling both say how many pods there are; each rollout would undo what the load asked.",
                "Remove replicas; scaling.minimum says how many there are at least.",
                "scaling",
            )

    @rule
    def _validate_disruption(self) -> Iterator[SettingError]:
        if self.disruption and self.disruption.evictable(self.least) < 1:
            yield SettingError(
                f"disruption lets none of {self.least} pods go, so nodes could never be drained or upgraded.",
                "Run more pods, lower disruption.minAvailable, or write `disruption: {maxUnavailable: 1}`.",
                "disruption",
            )

    @property
    def rounds(self) -> int:
        """In which a rollout replaces the pods: a surge of new ones is ready, as many old ones leave."""
        return min(self.scaling.maximum if self.scaling else self.replicas, MOST_ROUNDS)

    @property
    def least(self) -> int:
        """Pods when there is nothing to do."""
        return self.scaling.minimum if self.scaling else self.replicas

    @property
    def jobs(self) -> tuple[str, ...]:
        """Names of the jobs that run in the image of the app, with its settings."""
        return (*((MIGRATION,) if self.migration else ()), *self.cron_jobs)


Workloads = Mapping[ObjectName, WorkloadSettings]
"""By name."""
