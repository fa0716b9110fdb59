"""How Google's load balancer asks pods for their health: as their readiness probe does, so that both say the same."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from settings.mistake import SettingError
from settings.probe import ProbeSettings

if TYPE_CHECKING:
    from settings.pod import PodSettings

MOST_SECONDS = 300
"""Compute Engine: healthChecks, fields `checkIntervalSec` and `timeoutSec`."""

MOST_FAILURES = 10
"""Compute Engine: healthChecks, field `unhealthyThreshold`."""

ENCRYPTED = re.compile(r"grpc|https|h2|http2|tls")
"""Begin the names of ports that do not speak HTTP/1.1 in cleartext, as Kubernetes' and Istio's conventions have it."""


def interval(readiness: ProbeSettings) -> int:
    """Seconds from one question to the next: Google's take no longer for an answer."""
    return max(readiness.period_seconds, readiness.timeout_seconds)


def manifest(readiness: ProbeSettings) -> dict[str, int]:
    """When it is asked, as BackendConfig and HealthCheckPolicy hold it."""
    return {
        "checkIntervalSec": interval(readiness),
        "timeoutSec": readiness.timeout_seconds,
        "healthyThreshold": 1,
        "unhealthyThreshold": readiness.failure_threshold,
    }


def refused_patience(key: str, readiness: ProbeSettings) -> Iterator[SettingError]:
    """A mistake for each number of the readiness probe below `key` that Google's health check cannot have."""
    limits = {
        "period_seconds": MOST_SECONDS,
        "timeout_seconds": MOST_SECONDS,
        "failure_threshold": MOST_FAILURES,
    }
    for name, most in limits.items():
        if getattr(readiness, name) > most:
            yield SettingError(
                "Google's load balancer asks what readiness asks, and would refuse this health check.",
                f"Write at most {most}.",
                *(key, "readiness", name),
            )


def refused_protocols(key: str, pods: "PodSettings", *, health_check: bool) -> Iterator[SettingError]:
    """A mistake for each sign that the pods below `key` do not speak HTTP at their main port, where it is spoken.

    `health_check`: whether who brings the visitors asks for the pods' health, too, by HTTP.
    """
    asked = pods.readiness.type
    if health_check and asked != "http":
        yield SettingError(
            f"readiness asks by {asked}, but the load balancer speaks HTTP/1.1 in cleartext, and asks healthPath so: "
            "a pod could be ready and get no request.",
            "Remove readiness.type, and answer 200 at healthPath. For gRPC or HTTP/2, see examples/pr12er.",
            *(key, "readiness", "type"),
        )
    if ENCRYPTED.match(pods.port_name):
        yield SettingError(
            f"{pods.port_name} names another protocol than HTTP/1.1 in cleartext, which the load balancer speaks to "
            "this port.",
            "Serve HTTP and write `portName: http`. For gRPC or HTTP/2, see examples/pr12er.",
            *(key, "port_name"),
        )
    for name in ("liveness", "startup") if health_check else ("readiness", "liveness", "startup"):
        probe = getattr(pods, name)
        if probe and probe.type in ("https", "grpc") and (probe.port or pods.port) in (pods.port, pods.port_name):
            yield SettingError(
                f"{name} asks by {probe.type}, but the load balancer speaks HTTP/1.1 in cleartext to this port: no "
                "visitor would be answered.",
                f"Serve HTTP and remove {name}.type. For gRPC or HTTP/2, see examples/pr12er.",
                *(key, name, "type"),
            )
