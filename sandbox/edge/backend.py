"""A port of a Kubernetes Service, with its BackendConfig, as a Google backend service."""

import json
from collections.abc import Iterable
from typing import Any

from sandbox.edge import naming
from sandbox.edge.health import health_check
from sandbox.edge.model import Affinity, Backend, Header
from sandbox.edge.objects import Cluster, IngressError, Key, Kind, Object, annotations, key

_CONFIG = ("cloud.google.com/backend-config", "beta.cloud.google.com/backend-config")
_PROTOCOLS = "cloud.google.com/app-protocols"
NEG = "cloud.google.com/neg"
"""Annotation that asks for a network endpoint group."""


def backend(cluster: Cluster, namespace: str, reference: Object) -> Backend:
    """The backend that an Ingress's `backend` means. Raises `IngressError` when what it names is missing."""
    if "service" not in reference:
        raise IngressError.invalid("backend is not a Service")
    where = namespace, reference["service"]["name"]
    service = cluster[Kind.SERVICE].get(where)
    if service is None:
        raise IngressError.invalid(f'could not find service "{_text(where)}"')
    wanted = reference["service"].get("port", {})
    port = service_port(service, wanted)
    if port is None:
        name = next(iter(wanted.values()), "")
        raise IngressError.invalid(f'could not find port "{name}" in service "{_text(where)}"')
    _check_type(service, port)
    config = _config(cluster, service, port)
    affinity = config.get("sessionAffinity", {})
    logging = config.get("logging", {})
    return Backend(
        name=naming.backend(where, port["port"]),
        service=where,
        port_name=port.get("name", ""),
        health=health_check(cluster, service, port, config.get("healthCheck", {})),
        endpoint_group=_in_endpoint_group(service),
        timeout=config.get("timeoutSec", Backend.timeout),
        drain=config.get("connectionDraining", {}).get("drainingTimeoutSec", Backend.drain),
        affinity=Affinity(affinity.get("affinityType", Affinity.NONE)),
        cookie_age=affinity.get("affinityCookieTtlSec", Backend.cookie_age),
        request_headers=_headers(config.get("customRequestHeaders", {})),
        response_headers=_headers(config.get("customResponseHeaders", {})),
        log_rate=logging.get("sampleRate", 1.0) if logging.get("enable") else 0,
    )


def service_port(service: Object, wanted: Object) -> dict[str, Any] | None:
    """The Service's port that an Ingress means by number or name."""
    for port in service["spec"].get("ports") or []:
        if wanted in ({"number": port["port"]}, {"name": port.get("name")}):
            return port
    return None


def _check_type(service: Object, port: Object) -> None:
    kind = service["spec"].get("type", "ClusterIP")
    if kind not in ("NodePort", "LoadBalancer") and not _in_endpoint_group(service):
        raise IngressError.invalid(
            f'service "{_text(key(service))}" is type "{kind}", '
            'expected "NodePort" or "LoadBalancer" when not using NEGs'
        )
    protocol = _parsed(service, _PROTOCOLS).get(port.get("name", ""), "HTTP")
    if protocol != "HTTP":
        raise IngressError.invalid(f'service "{_text(key(service))}": backends are spoken to in HTTP, not {protocol}')


def _in_endpoint_group(service: Object) -> bool:
    return bool(_parsed(service, NEG).get("ingress"))


def _config(cluster: Cluster, service: Object, port: Object) -> dict[str, Any]:
    """The spec of the BackendConfig for a port; empty when the Service names none."""
    annotation = next((name for name in _CONFIG if name in annotations(service)), _CONFIG[0])
    names = _parsed(service, annotation)
    ports, default = names.get("ports") or {}, names.get("default") or ""
    if not isinstance(ports, dict) or not all(isinstance(name, str) for name in (default, *ports.values())):
        raise _unparsed(service, annotation)
    name = ports.get(port.get("name")) or ports.get(str(port["port"])) or default
    if not name:
        return {}
    config = cluster[Kind.BACKEND_CONFIG].get((key(service)[0], name))
    if config is None:
        raise IngressError.invalid(
            f'error getting BackendConfig for port "{port["port"]}" on service "{_text(key(service))}", '
            f'err: no BackendConfig for service port exists: "{name}".'
        )
    return config.get("spec", {})


def _parsed(service: Object, annotation: str) -> dict[str, Any]:
    value = annotations(service).get(annotation)
    if value is None:
        return {}
    try:
        parsed = json.loads(value)
    except ValueError:
        parsed = None
    if not isinstance(parsed, dict):
        raise _unparsed(service, annotation)
    return parsed


def _unparsed(service: Object, annotation: str) -> IngressError:
    value = annotations(service)[annotation]
    return IngressError.invalid(
        f'could not parse "{annotation}" annotation on service "{_text(key(service))}": {value!r}'
    )


def _headers(config: Object) -> tuple[Header, ...]:
    pairs: Iterable[tuple[str, str, str]] = (line.partition(":") for line in config.get("headers") or [])
    return tuple((name.strip(), value.strip()) for name, _, value in pairs)


def _text(where: Key) -> str:
    return "/".join(where)
