"""Ingresses of class nginx as the model: paths are chosen as ingress-nginx has NGINX choose them.

Its documentation: kubernetes.github.io/ingress-nginx/user-guide/ingress-path-matching
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from sandbox.edge.address import NGINX
from sandbox.edge.annotations import Settings
from sandbox.edge.backend import service_port
from sandbox.edge.events import Warnings
from sandbox.edge.model import Backend, How, LoadBalancer, Manner, Match, Route, host_precedence
from sandbox.edge.objects import CLASS, Cluster, Event, IngressError, Kind, Object, annotations, by_age, key, refusal
from sandbox.edge.tls import DEFAULT, HostCertificates, TlsError, secret_name

COMPONENT = "nginx-ingress-controller"

_REDIRECT = 308
_DRAIN = 3600
"""NGINX never cuts a request to an endpoint that left; the pod's end does."""

_PLAIN = re.compile(r"/[A-Za-z0-9._/-]*")
"""What a path of type Prefix or Exact may hold."""


@dataclass(frozen=True)
class Location:
    """One path of a host. `backend` None answers 404."""

    path: str
    exact: bool
    backend: str | None
    settings: Settings


@dataclass
class Server:
    """One host: an NGINX server block."""

    default: Location
    """Of the oldest Ingress that names the host."""
    locations: dict[tuple[str, bool], Location] = field(default_factory=dict[tuple[str, bool], Location])
    """By path and whether it is exact; the oldest Ingress has it."""
    certificate: Path | None = None
    """None: no Ingress names the host in `spec.tls`."""


def wanted(ingress: Object) -> bool:
    """Whether an Ingress is of class nginx; the annotation goes before the field."""
    return annotations(ingress).get(CLASS, ingress["spec"].get("ingressClassName")) == "nginx"


def nginx(cluster: Cluster, certificates: HostCertificates, now: datetime) -> tuple[tuple[LoadBalancer, ...], Warnings]:
    """The one load balancer of all Ingresses of the class, if there are any, and what is wrong with them."""
    servers = Servers(cluster, certificates, now)
    warnings: Warnings = {}
    ingresses = [one for one in by_age(cluster[Kind.INGRESS]) if wanted(one)]
    served: list[Object] = []
    for ingress in ingresses:
        wrong: list[str] = []
        try:
            servers.add(ingress, wrong)
            served.append(ingress)
        except IngressError as error:
            text = f"{error} Until then nothing of this Ingress is served."
            warnings[Kind.INGRESS, key(ingress)] = Event(error.event.reason, text, warning=True, component=COMPONENT)
        except Exception as error:
            warnings[Kind.INGRESS, key(ingress)] = refusal(error, COMPONENT)
        else:
            if wrong:
                text = "; ".join(dict.fromkeys(wrong))
                warnings[Kind.INGRESS, key(ingress)] = Event("Sync", text, warning=True, component=COMPONENT)
    return ((servers.balancer(served),) if served else ()), warnings


class Servers:
    """Hosts, as one Ingress after the other adds to them, the oldest first."""

    def __init__(self, cluster: Cluster, certificates: HostCertificates, now: datetime) -> None:
        self._cluster = cluster
        self._certificates = certificates
        self._now = now
        self._servers: dict[str, Server] = {}
        self._backends: dict[str, Backend] = {}

    def add(self, ingress: Object, wrong: list[str]) -> None:
        """Add an Ingress; appends to `wrong` what does not keep it from being served.

        Raises `IngressError`, before anything is added, when it asks for what cannot be served.
        """
        settings = Settings.of(ingress)
        spec = ingress["spec"]
        rules: list[Object] = spec.get("rules") or []
        anything = [{"backend": spec["defaultBackend"]}] if spec.get("defaultBackend") else []
        for entry in (*anything, *(entry for rule in rules for entry in _paths(rule))):
            _check(entry)
        default = self._backend(ingress, settings, spec["defaultBackend"], wrong) if anything else None
        if not rules:
            rules = [{"http": {"paths": anything}}]
        for rule in rules:
            host = rule.get("host") or "*"
            server = self._servers.setdefault(host, Server(Location("/", False, default, settings)))
            for entry in _paths(rule):
                location = Location(
                    path=entry.get("path") or "/",
                    exact=entry.get("pathType") == "Exact",
                    backend=self._backend(ingress, settings, entry["backend"], wrong),
                    settings=settings,
                )
                server.locations.setdefault((location.path, location.exact), location)
            server.certificate = server.certificate or self._certificate(ingress, host, wrong)

    def balancer(self, ingresses: Iterable[Object]) -> LoadBalancer:
        """All hosts on one address. Those that `spec.tls` does not name have a certificate too."""
        hosts = sorted(self._servers, key=host_precedence)
        names = [host for host in hosts if host != "*"]
        files = [self._servers[host].certificate or self._certificates.signed(host, self._now) for host in names]
        return LoadBalancer(
            name="nginx",
            ingresses=tuple(map(key, ingresses)),
            address=NGINX,
            backends=tuple(self._backends.values()),
            routes=(*(route for host in hosts for route in _routes(host, self._servers[host])), Route(None)),
            certificates=tuple(dict.fromkeys([self._certificates.signed(DEFAULT, self._now), *files])),
            manner=Manner.NGINX,
        )

    def _backend(self, ingress: Object, settings: Settings, reference: Object, wrong: list[str]) -> str:
        """A backend that names something missing has no endpoints: it answers 503."""
        namespace, name = key(ingress)
        target = reference["service"]["name"]
        service = self._cluster[Kind.SERVICE].get((namespace, target))
        port = service_port(service, reference["service"].get("port", {})) if service else None
        number = next(iter(reference["service"].get("port", {}).values()), "")
        if port is None:
            missing = f'port "{number}" in Service' if service else "Service"
            wrong.append(f'there is no {missing} "{namespace}/{target}", so what leads there answers 503')
        backend = Backend(
            name=f"nginx:{namespace}:{name}:{target}:{number}",
            service=(namespace, target),
            port_name=port.get("name", "") if port else None,
            health=None,
            protocol=settings.backend_protocol,
            timeout=max(settings.proxy_read_timeout, settings.proxy_send_timeout),
            drain=_DRAIN,
            log_rate=1,
        )
        return self._backends.setdefault(backend.name, backend).name

    def _certificate(self, ingress: Object, host: str, wrong: list[str]) -> Path | None:
        name = secret_name(ingress, host)
        if name:
            try:
                return self._certificates.given(self._cluster, (key(ingress)[0], name), host)
            except TlsError as error:
                wrong.append(f"{error}, so {host} is served with a certificate of the sandbox's own")
        return None if name is None else self._certificates.signed(host, self._now)


def _paths(rule: Object) -> list[Object]:
    return rule.get("http", {}).get("paths") or []


def _check(entry: Object) -> None:
    if "service" not in entry["backend"]:
        raise IngressError("Rejected", "A backend is not a Service: name one.")
    path, kind = entry.get("path") or "/", entry.get("pathType")
    if kind in ("Prefix", "Exact") and not _PLAIN.fullmatch(path):
        raise IngressError(
            "Rejected", f"Path {path} cannot be used with pathType {kind}: make it ImplementationSpecific."
        )
    try:
        re.compile(path)
    except re.error as error:
        raise IngressError("Rejected", f"Path {path} is not a regular expression ({error}): mend it.") from None


def _routes(host: str, server: Server) -> Iterator[Route]:
    """A host's locations in the order to try them; the last matches every path."""
    where = None if host == "*" else Match(How.EQUAL, host.lower())
    if host.startswith("*."):
        where = Match(How.REGEX, rf"^[\w-]+{re.escape(host[1:])}$")
    locations = list(({("/", False): server.default} | server.locations).values())
    locations.sort(key=lambda one: one.path, reverse=True)
    expanded = [each for one in sorted(locations, key=lambda one: -len(one.path)) for each in _expanded(one, server)]
    # Once one path of a host is a regular expression, all are.
    regex = any(one.settings.use_regex for one in [server.default, *expanded])
    if not regex:
        expanded.sort(key=lambda one: (not one.exact, -len(one.path)))
    for one in expanded:
        redirects = one.settings.force_ssl_redirect or (one.settings.ssl_redirect and server.certificate)
        yield Route(one.backend, where, _match(one, regex=regex), _REDIRECT if redirects else None)


def _expanded(location: Location, server: Server) -> Iterator[Location]:
    """A prefix matches whole segments: what is below it, and itself."""
    path = location.path
    if location.exact or location.settings.use_regex or path == "/":
        yield location
        return
    yield replace(location, path=path.rstrip("/") + "/")
    if (path, True) not in server.locations:
        yield replace(location, exact=True)


def _match(location: Location, *, regex: bool) -> Match | None:
    if location.path == "/" and not location.exact:
        return None
    if regex:
        return Match(How.REGEX, f"^{location.path}")
    return Match(How.EQUAL if location.exact else How.START, location.path)
