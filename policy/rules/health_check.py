"""The rule that a load balancer of Google's asks the pods what their readiness probe asks."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from .containers import SERVERS, containers, template
from .exposure import INGRESS, SERVICE, of_google
from .property import annotation, at, items, same
from .rule import UNKNOWN, Config, Finding, Resource, StackRule

ROUTE = ("kubernetes:gateway.networking.k8s.io/*:HTTPRoute",)
BACKEND_CONFIG = ("kubernetes:cloud.google.com/*:BackendConfig",)
HEALTH_CHECK_POLICY = ("kubernetes:networking.gke.io/*:HealthCheckPolicy",)

ANNOTATION = "cloud.google.com/backend-config"
"""Names, on a Service, the BackendConfig that an Ingress uses; a Gateway's policy names the Service."""

Check = tuple[Resource, str]
"""What states a health check, and the path of it there."""


def _one_health_check(resources: Sequence[Resource], _config: Config) -> Iterator[Finding]:
    for service, by_gateway in _reached(resources):
        check = _policy_of(service, resources) if by_gateway else _config_of(service, resources)
        if check is None:
            what = "the HealthCheckPolicy of the Service" if by_gateway else f"metadata.annotations[{ANNOTATION}]"
            yield Finding(what, urn=service.urn)
        else:
            yield from _differences(service, *check, resources)


def _reached(resources: Sequence[Resource]) -> Iterator[tuple[Resource, bool]]:
    """Services that a load balancer of Google's reaches, and whether by way of a Gateway."""
    for entrance in resources:
        by_gateway = entrance.matches(ROUTE)
        if not by_gateway and not (entrance.matches(INGRESS) and of_google(entrance.properties)):
            continue
        names = _routed(entrance.properties) if by_gateway else _backends(entrance.properties)
        for each in resources:
            if each.matches(SERVICE) and _beside(each, entrance) and at(each.properties, "metadata.name") in names:
                yield each, by_gateway


def _backends(ingress: Mapping[str, Any]) -> set[Any]:
    backends = [at(ingress, "spec.defaultBackend")]
    for rule in items(ingress, "spec.rules"):
        backends += [at(path, "backend") for path in items(rule, "http.paths")]
    return {at(backend, "service.name") for backend in backends} - {None, UNKNOWN}


def _routed(route: Mapping[str, Any]) -> set[Any]:
    rules = items(route, "spec.rules")
    return {at(backend, "name") for rule in rules for backend in items(rule, "backendRefs")} - {None, UNKNOWN}


def _config_of(service: Resource, resources: Sequence[Resource]) -> Check | None:
    text = annotation(service.properties, ANNOTATION)
    try:
        name = UNKNOWN if text == UNKNOWN else at(json.loads(text or "{}"), "default")
    except ValueError:
        return None
    for each in resources:
        if each.matches(BACKEND_CONFIG) and _beside(each, service) and same(at(each.properties, "metadata.name"), name):
            return each, "spec.healthCheck"
    return None


def _policy_of(service: Resource, resources: Sequence[Resource]) -> Check | None:
    name = at(service.properties, "metadata.name")
    for each in resources:
        target = at(each.properties, "spec.targetRef.name")
        if each.matches(HEALTH_CHECK_POLICY) and _beside(each, service) and same(target, name):
            return each, "spec.default.config.httpHealthCheck"
    return None


def _differences(service: Resource, stated: Resource, path: str, resources: Sequence[Resource]) -> Iterator[Finding]:
    for probe in _probes(service, resources):
        for asked, own in (("requestPath", "path"), ("port", "port")):
            value, wanted = at(stated.properties, f"{path}.{asked}"), at(probe, own)
            if not same(value, wanted):
                yield Finding(f"{path}.{asked} (readiness asks {wanted!r})", value, stated.urn)


def _probes(service: Resource, resources: Sequence[Resource]) -> Iterator[Any]:
    """HTTP readiness probes of the pods that the Service selects; a port by name becomes its number."""
    selector = at(service.properties, "spec.selector")
    for each in resources:
        if not each.matches(SERVERS) or not _beside(each, service):
            continue
        labels = at(template(each.properties)[1], "metadata.labels")
        if not isinstance(selector, Mapping) or not isinstance(labels, Mapping):
            continue
        if selector.items() <= labels.items():
            for _, container in containers(each.properties, initial=False):
                if probe := at(container, "readinessProbe.httpGet"):
                    ports = {at(port, "name"): at(port, "containerPort") for port in items(container, "ports")}
                    yield {"path": at(probe, "path"), "port": ports.get(at(probe, "port"), at(probe, "port"))}


def _beside(one: Resource, other: Resource) -> bool:
    """Whether both are, or may be, in the same namespace."""
    return same(at(one.properties, "metadata.namespace"), at(other.properties, "metadata.namespace"))


RULES = [
    StackRule(
        id="exposure-health-check",
        title="The load balancer asks what readiness asks",
        check=_one_health_check,
        consequence="it sends requests to pods that are not ready, or none to pods that are.",
        remedy="State a health check with the path and the port of the readiness probe: in the Service's BackendConfig "
        "for an Ingress, in a HealthCheckPolicy for a Gateway.",
    ),
]
