"""How Google checks a Service's pods: from its BackendConfig, else from their readiness probe."""

from typing import Any

from sandbox.edge.model import HealthCheck
from sandbox.edge.objects import Cluster, IngressError, Kind, Object, key

_HEALTH = {
    "requestPath": "path",
    "port": "port",
    "checkIntervalSec": "interval",
    "timeoutSec": "timeout",
    "healthyThreshold": "healthy",
    "unhealthyThreshold": "unhealthy",
}
"""Fields of a BackendConfig's healthCheck, and ours."""


def health_check(cluster: Cluster, service: Object, port: Object, config: Object) -> HealthCheck:
    """What `config`, a BackendConfig's `healthCheck`, says; else the pods' readiness probe; else the defaults."""
    if config.get("type", "HTTP") != "HTTP":
        raise IngressError.invalid(
            f"BackendConfig healthCheck.type {config['type']}: backends are checked in HTTP only"
        )
    settings: dict[str, Any] = {}
    if probe := _probe(cluster, service, port):
        get = probe["httpGet"]
        hosts = (header["value"] for header in get.get("httpHeaders") or [] if header["name"] == "Host")
        settings = {
            "path": "/" + get.get("path", "/").removeprefix("/"),
            "host": next(hosts, ""),
            "interval": probe.get("periodSeconds", 10),
            "timeout": probe.get("timeoutSeconds", 1),
        }
    return HealthCheck(**settings | {ours: config[theirs] for theirs, ours in _HEALTH.items() if theirs in config})


def _probe(cluster: Cluster, service: Object, port: Object) -> dict[str, Any] | None:
    """The HTTP readiness probe of the container that serves the port, from the newest pod that has one."""
    selector = service["spec"].get("selector")
    if not selector:
        return None
    target = port.get("targetPort", port["port"])
    pods = [
        pod
        for (namespace, _), pod in cluster[Kind.POD].items()
        if namespace == key(service)[0] and selector.items() <= pod["metadata"].get("labels", {}).items()
    ]
    for pod in sorted(pods, key=lambda pod: pod["metadata"]["creationTimestamp"], reverse=True):
        for container in pod["spec"]["containers"]:
            probe = container.get("readinessProbe", {})
            for listens in container.get("ports") or []:
                aliases = listens["containerPort"], listens.get("name")
                if target in aliases and _simple(probe) and probe["httpGet"]["port"] in aliases:
                    return probe
    return None


def _simple(probe: Object) -> bool:
    """Whether Google's health check can do the same: plain HTTP, no header but Host."""
    get = probe.get("httpGet")
    if not get or get.get("host") or get.get("scheme", "HTTP") != "HTTP":
        return False
    return [header["name"] for header in get.get("httpHeaders") or []] in ([], ["Host"])
