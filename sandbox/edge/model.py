"""What the edge serves: load balancers, backends and their endpoints, in Google's terms.

Seconds throughout. A backend name, a URL map's path and a host are used as Google Cloud spells them.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from sandbox.edge.objects import Key


class Affinity(StrEnum):
    """`sessionAffinity.affinityType` of a BackendConfig."""

    NONE = "NONE"
    CLIENT_IP = "CLIENT_IP"
    GENERATED_COOKIE = "GENERATED_COOKIE"


@dataclass(frozen=True)
class Endpoint:
    """A pod's address and port. A draining one is terminating, but still answers."""

    address: str
    port: int
    draining: bool = False

    @property
    def name(self) -> str:
        return f"{self.address}:{self.port}"


@dataclass(frozen=True)
class HealthCheck:
    """How an endpoint proves itself; the defaults are those of a network endpoint group (ingress-gce)."""

    path: str = "/"
    host: str = ""
    """Empty: the endpoint's own address."""
    port: int | None = None
    """None: the serving port."""
    interval: int = 15
    timeout: int = 15
    healthy: int = 1
    """Successes in a row that make an endpoint healthy."""
    unhealthy: int = 2
    """Failures in a row that make it unhealthy."""


Header = tuple[str, str]
"""Name and value; the value may hold Google's variables, such as `{client_ip_address}`."""


@dataclass(frozen=True)
class Backend:
    """A Google backend service: one port of one Kubernetes Service."""

    name: str
    service: Key
    port_name: str
    """The Service port's name, which is what EndpointSlices call it; empty when it has none."""
    health: HealthCheck = HealthCheck()
    timeout: int = 30
    drain: int = 0
    """How long an endpoint that left may finish its requests; 0, Google's default, cuts them."""
    affinity: Affinity = Affinity.NONE
    cookie_age: int = 0
    """Life of the affinity cookie; 0: the browser's session."""
    request_headers: tuple[Header, ...] = ()
    response_headers: tuple[Header, ...] = ()
    log_rate: float = 0
    """Share of requests that are logged, 0 to 1."""


@dataclass(frozen=True)
class PathRule:
    """A URL map's path: `/exact`, or a prefix that ends in `/*`."""

    path: str
    backend: str

    @property
    def prefix(self) -> str | None:
        """What a request's path must begin with; None when it must be equal."""
        return self.path[:-1] if self.path.endswith("/*") else None


@dataclass(frozen=True)
class HostRule:
    """The paths of one host: a name, `*.suffix`, or `*` for any host."""

    host: str
    paths: tuple[PathRule, ...]

    @property
    def suffix(self) -> str | None:
        """What a request's host must end with (empty for any host); None when it must be equal."""
        return self.host[1:] if self.host.startswith("*") else None


@dataclass(frozen=True)
class LoadBalancer:
    """What one Ingress asks for, with everything it names resolved."""

    name: str
    ingress: Key
    address: str
    backends: tuple[Backend, ...]
    hosts: tuple[HostRule, ...] = ()
    default: str | None = None
    """Backend of a request that no rule matches; None answers 404, as GKE's own default backend does."""
    certificates: tuple[Path, ...] = ()
    """PEM files; the first serves clients that name no domain. None: no HTTPS."""
    http: bool = True
    redirect: int | None = None
    """Status code that sends HTTP clients to HTTPS."""

    @property
    def listeners(self) -> tuple[tuple[str, int], ...]:
        """Addresses and ports it needs."""
        ports = ([80] if self.http else []) + ([443] if self.certificates else [])
        return tuple((self.address, port) for port in ports)

    def precedence(self) -> Iterable[tuple[HostRule, tuple[PathRule, ...]]]:
        """Hosts and paths in the order to try them: equal before prefix, long before short.

        As in a Google URL map, the first host that matches decides: a request that none of its paths
        matches goes to the default backend, never to another host's paths.
        """
        for rule in sorted(self.hosts, key=lambda rule: (rule.suffix is not None, -len(rule.host), rule.host)):
            yield rule, tuple(sorted(rule.paths, key=lambda path: (path.prefix is not None, -len(path.path))))


@dataclass(frozen=True)
class Model:
    """Everything the edge serves: the structure, and the endpoints that come and go beneath it."""

    balancers: tuple[LoadBalancer, ...] = ()
    endpoints: Mapping[str, tuple[Endpoint, ...]] = field(default_factory=dict[str, tuple[Endpoint, ...]])
    """By the backend's name."""

    @property
    def backends(self) -> dict[str, Backend]:
        """By name; Ingresses that name the same Service port share one."""
        return {backend.name: backend for balancer in self.balancers for backend in balancer.backends}
