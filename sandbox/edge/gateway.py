"""Gateways of GKE's global external class, and what they name, as the model."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, NoReturn

from sandbox.edge import certificate_manager, grpc_health, naming
from sandbox.edge.address import GLOBAL, Addresses
from sandbox.edge.backend import service_port
from sandbox.edge.events import Warnings
from sandbox.edge.model import (
    Affinity,
    Backend,
    HealthCheck,
    How,
    LoadBalancer,
    Manner,
    Match,
    Protocol,
    Route,
    host_precedence,
)
from sandbox.edge.objects import Cluster, IngressError, Key, Kind, Object, annotations, by_age, key, refusal
from sandbox.edge.ssl_policy import tls
from sandbox.edge.tls import HostCertificates
from sandbox.google import Resource

CLASS = "gke-l7-global-external-managed"
GROUP = "gateway.networking.k8s.io"
FINALIZER = "gateway.finalizer.networking.gke.io"
CERTIFICATE_MAP = "networking.gke.io/certmap"
COMPONENT = "sc-gateway-controller"

_LISTENERS = {"HTTP": 80, "HTTPS": 443}
_PER_MILLION = 1_000_000

_PROTOCOLS = {"HTTP": Protocol.HTTP, "HTTPS": Protocol.HTTPS, "HTTP2": Protocol.GRPCS}
"""By a Service port's appProtocol. HTTP2 is HTTP/2 under TLS; in cleartext (kubernetes.io/h2c) it is among what GKE's
reports of conformance with the Gateway API call unsupported."""

_HEALTH = {
    "checkIntervalSec": "interval",
    "timeoutSec": "timeout",
    "healthyThreshold": "healthy",
    "unhealthyThreshold": "unhealthy",
}
"""Fields of a HealthCheckPolicy, and ours."""

Rules = dict[tuple[str, Match | None], str | int]
"""By host (`*` for any) and path (None for any): a backend's name, or the status code of a redirect to HTTPS."""

Google = Mapping[str, Resource]


def wanted(gateway: Object) -> bool:
    """Whether a Gateway is ours to serve: of the class, and not being deleted."""
    return gateway["spec"]["gatewayClassName"] == CLASS and "deletionTimestamp" not in gateway["metadata"]


def certificate_map(gateway: Object) -> str | None:
    """Name of the map that holds the certificates of a Gateway's hosts."""
    return annotations(gateway).get(CERTIFICATE_MAP)


def gateways(
    cluster: Cluster,
    addresses: Addresses,
    google: Google,
    certificates: HostCertificates,
    previous: Mapping[str, LoadBalancer],
    now: datetime,
) -> tuple[tuple[LoadBalancer, ...], Warnings]:
    """A load balancer for each Gateway that has our finalizer, and what is wrong with them.

    As with Ingresses, one that names something missing is left as it was before (`previous`), or not served at all.
    """
    balancers: list[LoadBalancer] = []
    warnings: Warnings = {}
    for gateway in by_age(cluster[Kind.GATEWAY]):
        if not wanted(gateway) or FINALIZER not in gateway["metadata"].get("finalizers", []):
            continue
        try:
            balancers.append(_balancer(cluster, gateway, addresses, google, certificates, now))
        except Exception as error:
            warnings[Kind.GATEWAY, key(gateway)] = refusal(error, COMPONENT)
            if before := previous.get(naming.gateway(key(gateway))):
                balancers.append(before)
    return tuple(balancers), warnings


def _refuse(message: str) -> NoReturn:
    raise IngressError("Invalid", message, COMPONENT)


def _balancer(
    cluster: Cluster,
    gateway: Object,
    addresses: Addresses,
    google: Google,
    certificates: HostCertificates,
    now: datetime,
) -> LoadBalancer:
    where = key(gateway)
    protocols = {listener["name"]: listener["protocol"] for listener in gateway["spec"]["listeners"]}
    for listener in gateway["spec"]["listeners"]:
        if _LISTENERS.get(listener["protocol"]) != listener["port"] or "hostname" in listener or "tls" in listener:
            _refuse(f"listener {listener['name']}: served here are HTTP on 80 and HTTPS on 443, for all hosts")
    backends: dict[str, Backend] = {}
    rules: dict[str, Rules] = {protocol: {} for protocol in protocols.values()}
    for route in by_age(cluster[Kind.HTTP_ROUTE]):
        for protocol in _attached(route, where, protocols):
            for rule, answer in _rules(cluster, route, backends).items():
                rules[protocol].setdefault(rule, answer)
    files: tuple[Path, ...] = ()
    if "HTTPS" in rules:
        files = tuple(certificates.signed(host, now) for host in _certified(certificate_map(gateway), google))
    policy = _policy(cluster, Kind.GATEWAY_POLICY, where, GROUP, "Gateway").get("sslPolicy")
    if (demanded := tls(google, policy)) is None:
        _refuse(f"the SSL policy {policy} does not exist")
    return LoadBalancer(
        name=naming.gateway(where),
        ingresses=(where,),
        backends=tuple(backends.values()),
        routes=tuple(_routes(rules)),
        certificates=files,
        http="HTTP" in rules,
        tls=demanded,
        manner=Manner.GATEWAY,
        # Last, so that a Gateway that is refused for another reason takes no address.
        address=_address(addresses, gateway),
    )


def _attached(route: Object, gateway: Key, protocols: Mapping[str, str]) -> set[str]:
    """Protocols of the Gateway's listeners that a route of the same namespace names; without a name, all."""
    sections = {
        parent.get("sectionName", "")
        for parent in route["spec"].get("parentRefs") or []
        if (parent.get("namespace", key(route)[0]), parent["name"]) == gateway and key(route)[0] == gateway[0]
    }
    return {protocol for name, protocol in protocols.items() if sections & {name, ""}}


def _rules(cluster: Cluster, route: Object, backends: dict[str, Backend]) -> Rules:
    found: Rules = {}
    for rule in route["spec"].get("rules") or []:
        answer = _answer(cluster, route, rule, backends)
        for match in rule.get("matches") or [{}]:
            if set(match) - {"path"}:
                _refuse(f"HTTPRoute {key(route)[1]}: requests are matched here by host and path alone")
            for path in _paths(match.get("path", {})):
                for host in route["spec"].get("hostnames") or ["*"]:
                    found.setdefault((host, path), answer)
    return found


def _answer(cluster: Cluster, route: Object, rule: Object, backends: dict[str, Backend]) -> str | int:
    filters = rule.get("filters") or []
    if filters:
        redirect = filters[0].get("requestRedirect", {})
        if len(filters) > 1 or redirect.get("scheme") != "https" or set(redirect) - {"scheme", "statusCode"}:
            _refuse(f"HTTPRoute {key(route)[1]}: of the filters, only a redirect to HTTPS is simulated")
        return redirect.get("statusCode", 302)
    references = rule.get("backendRefs") or []
    if len(references) != 1:
        _refuse(f"HTTPRoute {key(route)[1]}: a rule leads here to exactly one Service")
    backend = _backend(cluster, route, references[0])
    return backends.setdefault(backend.name, backend).name


def _paths(path: Object) -> list[Match | None]:
    """A prefix matches whole segments."""
    kind, value = path.get("type", "PathPrefix"), path.get("value", "/")
    if kind == "Exact":
        return [Match(How.EQUAL, value)]
    if kind != "PathPrefix":
        _refuse(f"path {value}: {kind} is not served by GKE's class")
    stem = value.rstrip("/")
    return [Match(How.EQUAL, stem), Match(How.START, f"{stem}/")] if stem else [None]


def _backend(cluster: Cluster, route: Object, reference: Object) -> Backend:
    namespace, name = key(route)
    local = {"group": "", "kind": "Service", "namespace": namespace}
    if any(reference.get(field, value) != value for field, value in local.items()) or reference.get("weight") == 0:
        _refuse(f"HTTPRoute {name}: a rule leads here to a Service in the route's own namespace, with a weight above 0")
    where = namespace, reference["name"]
    service = cluster[Kind.SERVICE].get(where)
    number = reference.get("port")
    port = service_port(service, {"number": number}) if service else None
    if port is None:
        _refuse(f"there is no port {number} of a Service {'/'.join(where)}")
    protocol = port.get("appProtocol", "HTTP")
    if protocol not in _PROTOCOLS:
        _refuse(f"appProtocol {protocol} of port {number} of Service {where[1]}: GKE takes {', '.join(_PROTOCOLS)}")
    policy = _policy(cluster, Kind.BACKEND_POLICY, where)
    logging, affinity = policy.get("logging", {}), policy.get("sessionAffinity", {})
    kind = affinity.get("type", "NONE")
    if kind not in Affinity.__members__:
        _refuse(f"GCPBackendPolicy of {where[1]}: session affinity {kind} is not simulated")
    return Backend(
        name=naming.backend(where, port["port"], "gkegw1"),
        service=where,
        port_name=port.get("name", ""),
        health=_health(_policy(cluster, Kind.HEALTH_CHECK_POLICY, where)),
        protocol=_PROTOCOLS[protocol],
        endpoint_group=True,
        timeout=policy.get("timeoutSec", Backend.timeout),
        drain=policy.get("connectionDraining", {}).get("drainingTimeoutSec", Backend.drain),
        affinity=Affinity(kind),
        cookie_age=affinity.get("cookieTtlSec", Backend.cookie_age),
        log_rate=logging.get("sampleRate", _PER_MILLION) / _PER_MILLION if logging.get("enabled") else 0,
    )


def _policy(cluster: Cluster, kind: Kind, where: Key, group: str = "", target_kind: str = "Service") -> dict[str, Any]:
    """What the oldest policy of a kind says of a Service, or of another target; empty when there is none."""
    for policy in by_age(cluster[kind]):
        target = policy["spec"]["targetRef"]
        if (key(policy)[0], target["name"]) == where and (target["group"], target["kind"]) == (group, target_kind):
            return policy["spec"].get("default", {})
    return {}


def _health(policy: Mapping[str, Any]) -> HealthCheck:
    """As GKE has it, the readiness probe does not count."""
    config = policy.get("config", {"type": "HTTP"})
    asked = config.get(f"{config['type'].lower()}HealthCheck", {})
    if config["type"] not in ("HTTP", "GRPC") or "portName" in asked:
        _refuse("HealthCheckPolicy: backends are checked here in HTTP or gRPC, on the serving or a fixed port")
    stated: dict[str, Any] = {ours: policy[theirs] for theirs, ours in _HEALTH.items() if theirs in policy}
    if config["type"] == "GRPC":
        service = asked.get("grpcServiceName", "")
        if len(service) > grpc_health.LONGEST:
            _refuse(f"HealthCheckPolicy: a grpcServiceName has here at most {grpc_health.LONGEST} characters")
        return HealthCheck(grpc_service=service, port=asked.get("port"), **stated)
    return HealthCheck(path=asked.get("requestPath", "/"), host=asked.get("host", ""), port=asked.get("port"), **stated)


def _certified(name: str | None, google: Google) -> list[str]:
    """Hosts that the certificate map has entries for."""
    if (hosts := certificate_manager.hosts(google, name)) is None:
        _refuse(f"HTTPS needs a certificate map, and {name} of annotation {CERTIFICATE_MAP} does not exist")
    return hosts


def _routes(rules: Mapping[str, Rules]) -> Iterator[Route]:
    """What HTTPS answers, and HTTP the same, or a redirect there of everything.

    The first host that matches decides; equal before prefix, long before short.
    """
    http, https = rules.get("HTTP"), rules.get("HTTPS")
    whole = http.get(("*", None)) if http and len(http) == 1 else None
    redirect = whole if isinstance(whole, int) and https is not None else None
    served = https if https is not None else http or {}
    if redirect is None and http not in (None, served):
        _refuse("HTTP answers here as HTTPS does, or redirects everything to it")
    if any(isinstance(answer, int) for answer in served.values()):
        _refuse("HTTPS cannot be redirected to itself")
    for host in sorted({host for host, _ in served} | {"*"}, key=host_precedence):
        where = None if host == "*" else Match(How.END if host.startswith("*") else How.EQUAL, host.removeprefix("*"))
        paths = {path: str(answer) for (of, path), answer in served.items() if of == host}
        for path in sorted(paths, key=_order):
            yield Route(paths[path], where, path, redirect)
        yield Route(None, where, None, redirect)


def _order(path: Match | None) -> tuple[bool, bool, int]:
    return path is None, path is not None and path.how is How.START, -len(path.text) if path else 0


def _address(addresses: Addresses, gateway: Object) -> str:
    named = gateway["spec"].get("addresses") or []
    if len(named) != 1 or named[0].get("type") != "NamedAddress":
        _refuse("a Gateway has here exactly one address, of type NamedAddress")
    address = addresses.reserved(GLOBAL, named[0]["value"])
    if address is None:
        _refuse(f"the static address {named[0]['value']} does not exist")
    if not addresses.take(gateway, address):
        _refuse(f"the address {address} is in use by another load balancer")
    return address
