"""Pods: what they listen on, what they are told, how they are asked, and what they may use."""

import re
from collections.abc import Iterator
from typing import Annotated

from pydantic import AfterValidator, Field, model_validator

from settings.amounts import Amounts, refuse_excess
from settings.container import Containers, Sidecars, Volumes
from settings.google_roles import GoogleRoles
from settings.labels import Labels
from settings.mistake import SettingError
from settings.model import Model
from settings.ports import PRIVILEGED, Port, PortName, Ports, refuse_doubles
from settings.probe import LivenessSettings, ProbeSettings, StartupSettings, refuse_unknown_ports
from settings.traffic import TrafficSettings
from settings.variables import PodFields, Variables


def _direct(path: str) -> str:
    if not re.fullmatch(r"/[A-Za-z0-9._~/-]*", path):
        raise SettingError("Neither the probes nor the load balancer can ask for this.", "Write a path, such as /ping.")
    return path


class PodSettings(Model):
    """What all pods have in common, whoever starts them."""

    port: Port = Field(default=8000, description="Where the app listens; below 1024, too, without being root.")
    port_name: PortName = Field(default="http", description="Name of that port.")
    ports: Ports = Field(default={}, description="Further TCP ports that the app listens on, by name.")
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
    metrics_port_name: PortName = Field(default="metrics", description="Name of that port.")
    readiness: ProbeSettings = Field(
        default=ProbeSettings(), description="Whether a pod gets requests. http asks healthPath."
    )
    liveness: LivenessSettings = Field(
        default=LivenessSettings(), description="Whether a container is restarted. http asks livenessPath."
    )
    startup: StartupSettings | None = Field(
        default=None, description="Whether the app has started: before, no other probe asks. http asks livenessPath."
    )
    command: tuple[str, ...] = Field(default=(), description="In place of the image's own; no shell. Not for jobs.")
    arguments: tuple[str, ...] = Field(default=(), description="Of the command, or of the image's own. Not for jobs.")
    labels: Labels = Field(default={}, description="Labels of the pods that serve, for Services to select.")
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
    sidecars: Sidecars = Field(
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
    def _patient(self) -> "PodSettings":
        turns = self.rounds + 1
        if self.timeout_seconds <= turns * self.drain_seconds:
            raise SettingError(
                f"timeoutSeconds {self.timeout_seconds} ends before all pods have come and gone "
                f"({turns} times drainSeconds {self.drain_seconds}), so every rollout would fail.",
                "Raise timeoutSeconds or lower drainSeconds.",
            )
        return self

    @model_validator(mode="after")
    def _requests_within_limits(self) -> "PodSettings":
        refuse_excess(self.requests, self.limits)
        return self

    @model_validator(mode="after")
    def _asked_where_it_answers(self) -> "PodSettings":
        asked = self.readiness
        if asked.type in ("http", "https") and asked.port not in (None, self.port, self.port_name):
            raise SettingError(
                f"readiness asks port {asked.port}, but visitors come to port {self.port}: "
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
    def _apart(self) -> "PodSettings":
        paths = [volume.path for volume in self.volumes.values()]
        if len({*paths}) < len(paths) or self.sidecars.keys() & self.init_containers.keys():
            raise SettingError(
                "Two volumes have one path, or a sidecar and an initContainer one name, so Kubernetes would refuse it.",
                "Give each its own.",
            )
        return self

    @model_validator(mode="after")
    def _unambiguous(self) -> "PodSettings":
        if doubles := sorted(self.variables.keys() & self.pod_fields.keys()):
            raise SettingError(
                f"{', '.join(doubles)} stands in variables and in podFields, so one of the two would be lost.",
                "State each variable once.",
            )
        return self

    @model_validator(mode="after")
    def _reachable(self) -> "PodSettings":
        refuse_doubles(self._all_ports())
        refuse_unknown_ports((self.readiness, self.liveness, self.startup), self.own_ports)
        if strangers := [name for name in self.traffic.exposed_ports if name not in self.all_ports]:
            raise SettingError(
                f"traffic.exposedPorts names {', '.join(strangers)}, and the pods have no such port.",
                f"Use one of {', '.join(self.all_ports)}.",
            )
        return self

    def _all_ports(self) -> Iterator[tuple[str, int]]:
        yield self.port_name, self.port
        if self.metrics_port:
            yield self.metrics_port_name, self.metrics_port
        for container in (self, *self.sidecars.values()):
            yield from container.ports.items()

    @property
    def rounds(self) -> int:
        """In which a rollout replaces the pods."""
        return 1

    @property
    def own_ports(self) -> dict[str, int]:
        """Numbers by name of the ports of the app's container; the main one first."""
        metrics = {self.metrics_port_name: self.metrics_port} if self.metrics_port else {}
        return {self.port_name: self.port, **metrics, **self.ports}

    @property
    def all_ports(self) -> dict[str, int]:
        """Those of the sidecars, too."""
        return dict(self._all_ports())

    @property
    def privileged(self) -> bool:
        """Whether a container listens on a port that is root's by default."""
        return any(port < PRIVILEGED for port in self.all_ports.values())

    @property
    def jobs(self) -> tuple[str, ...]:
        """Names of the jobs that run in the image of the app, with its settings."""
        return ()

    @property
    def told(self) -> dict[str, str]:
        """Environment variables by which the app learns of these settings."""
        return {"METRICS_ADDRESS": f"0.0.0.0:{self.metrics_port}"} if self.metrics_port else {}
