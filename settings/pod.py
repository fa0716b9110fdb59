"""Pods: what they listen on, what they are told, how they are asked, and what they may use."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Annotated

from pydantic import AfterValidator, Field

from settings import health_check
from settings.amounts import Amounts, excess
from settings.container import Containers, Sidecars, Volumes
from settings.google_roles import GoogleRole
from settings.labels import Labels, Selector
from settings.mistake import SettingError
from settings.model import Model, rule
from settings.node_pool import Toleration
from settings.ports import PRIVILEGED, Port, PortName, Ports, repeated_ports
from settings.probe import LivenessSettings, ProbeSettings, StartupSettings, unknown_ports
from settings.traffic import TrafficSettings
from settings.variables import PodFields, Variables


def _direct(path: str) -> str:
    if not re.fullmatch(r"/[A-Za-z0-9._~/-]*", path):
        raise SettingError("Neither the probes nor the load balancer can ask for this.", "Write a path, such as /ping.")
    return path


NEED_MORE: Mapping[str, str] = {
    "metrics_port": "PodMonitoring",
    "variables": "Variables",
    "google_roles": "Identity",
    "priority": "Priority",
    "scaling": "Scaler",
    "disruption": "DisruptionBudget",
    "migration": "Migration",
    "cron_jobs": "CronJob",
}
"""Options for which a program declares a component of its own beside the one of the pods."""


def unread_options(
    pods: "PodSettings", at: Sequence[str | int], created: Collection[str] = (), replaced: Collection[str] = ()
) -> Iterator[SettingError]:
    """A mistake for each stated option of the pods that the program does not read, as a rule of its settings.

    `created` are options for which it declares the component, `replaced` those that it decides itself; `at` leads to
    the pods.
    """
    for option in sorted(pods.model_fields_set):
        if option in replaced:
            yield SettingError(
                "The program decides this itself, so it would have no effect.", "Remove it.", *at, option
            )
        elif option in NEED_MORE and option not in created and getattr(pods, option):
            yield SettingError(
                f"The program declares no {NEED_MORE[option]} for these pods, so it would have no effect.",
                f"Remove it, or declare the component {NEED_MORE[option]}.",
                *at,
                option,
            )


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
    node_selector: Selector = Field(default={}, description="Labels that nodes must have, such as a node pool's.")
    tolerations: tuple[Toleration, ...] = Field(
        default=(), description="Taints of nodes that do not keep the pods off, such as a node pool's."
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
    google_roles: tuple[GoogleRole, ...] = Field(
        default=(),
        description="Roles of the app in the project, which it uses without a key (Workload Identity). With roles, "
        "pods may connect to Google's APIs at 199.36.153.8/30 (private.googleapis.com). A cluster of the stack's own "
        "gets a private DNS zone that leads there; the network of an existing one needs such a zone from its owner.",
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

    @rule
    def _validate_timeout(self) -> Iterator[SettingError]:
        turns = self.rounds + 1
        seconds = self.min_ready_seconds
        if self.timeout_seconds <= turns * seconds:
            reason = "drainSeconds" if seconds == self.drain_seconds else "the load balancer's health check,"
            yield SettingError(
                f"timeoutSeconds {self.timeout_seconds} ends before all pods have come and gone "
                f"({turns} times {reason} {seconds}), so every rollout would fail.",
                f"Raise timeoutSeconds above {turns * seconds}, or lower drainSeconds or readiness.periodSeconds.",
                "timeout_seconds",
            )

    @rule
    def _validate_requests_within_limits(self) -> Iterator[SettingError]:
        yield from excess(self.requests, self.limits)

    @rule
    def _validate_readiness_asks_the_served_port(self) -> Iterator[SettingError]:
        asked = self.readiness
        other = isinstance(asked.port, int) or asked.port in self.own_ports
        if asked.type in ("http", "https") and other and asked.port not in (self.port, self.port_name):
            yield SettingError(
                f"readiness asks port {asked.port}, but visitors come to port {self.port}: "
                "a pod could be ready and not serve.",
                "Remove readiness.port.",
                *("readiness", "port"),
            )

    @rule
    def _validate_metrics_port(self) -> Iterator[SettingError]:
        if self.metrics_port == self.port:
            yield SettingError(
                f"metricsPort is the port of the app, {self.port}: the load balancer would show metrics to everyone.",
                "Give the metrics a port of their own, such as 9090.",
                "metrics_port",
            )

    @rule
    def _validate_volume_paths(self) -> Iterator[SettingError]:
        taken: set[str] = set()
        for name, volume in self.volumes.items():
            if volume.path in taken:
                yield SettingError(
                    "Two volumes have one path, so Kubernetes would refuse it.",
                    "Give each its own.",
                    *("volumes", name, "path"),
                )
            taken.add(volume.path)

    @rule
    def _validate_container_names(self) -> Iterator[SettingError]:
        for name in sorted(self.sidecars.keys() & self.init_containers.keys()):
            yield SettingError(
                "A sidecar and an initContainer have one name, so Kubernetes would refuse it.",
                "Give each its own.",
                "init_containers",
                name,
            )

    @rule
    def _validate_variables_stated_once(self) -> Iterator[SettingError]:
        for name in sorted(self.variables.keys() & self.pod_fields.keys()):
            yield SettingError(
                f"{name} stands in variables and in podFields, so one of the two would be lost.",
                "State each variable once.",
                "pod_fields",
                name,
            )

    @rule
    def _validate_different_ports(self) -> Iterator[SettingError]:
        ports = [*self._all_ports()]
        # A rule of its own says it of the metrics, with the reason.
        yield from repeated_ports(ports if self.metrics_port != self.port else ports[1:])

    @rule
    def _validate_readiness_port(self) -> Iterator[SettingError]:
        yield from unknown_ports("readiness", self.readiness, self.own_ports)

    @rule
    def _validate_liveness_port(self) -> Iterator[SettingError]:
        yield from unknown_ports("liveness", self.liveness, self.own_ports)

    @rule
    def _validate_startup_port(self) -> Iterator[SettingError]:
        yield from unknown_ports("startup", self.startup, self.own_ports)

    @rule
    def _validate_exposed_ports(self) -> Iterator[SettingError]:
        for index, name in enumerate(self.traffic.exposed_ports):
            if name not in self.all_ports:
                yield SettingError(
                    f"traffic.exposedPorts names {name}, and the pods have no such port.",
                    f"Use one of {', '.join(self.all_ports)}.",
                    *("traffic", "exposed_ports", index),
                )

    @rule
    def _validate_different_google_roles(self) -> Iterator[SettingError]:
        if len({*self.google_roles}) < len(self.google_roles):
            yield SettingError(
                "A role is listed twice, so names would collide.", "List each role once.", "google_roles"
            )

    def _all_ports(self) -> Iterator[tuple[str, int]]:
        yield self.port_name, self.port
        if self.metrics_port:
            yield self.metrics_port_name, self.metrics_port
        for container in (self, *self.sidecars.values()):
            yield from container.ports.items()

    @property
    def min_ready_seconds(self) -> int:
        """How long a new pod is ready before it counts: a load balancer has to learn of it, and forgets another."""
        asked = health_check.interval(self.readiness) if self.traffic.exposure == "google" else 0
        return max(self.drain_seconds, asked)

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
