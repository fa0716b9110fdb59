"""What the edge serves: load balancers, their routes, backends and endpoints. Seconds throughout."""

from collections.abc import Mapping
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
    grpc_service: str | None = None
    """Asked for by the gRPC health checking protocol, in cleartext; empty: the whole server. None: asked in HTTP."""


Header = tuple[str, str]
"""Name and value; the value may hold Google's variables, such as `{client_ip_address}`."""


class Protocol(StrEnum):
    """What a backend's endpoints speak; with an S, under TLS with any certificate. GRPC is HTTP/2, of whatever use."""

    HTTP = "HTTP"
    HTTPS = "HTTPS"
    GRPC = "GRPC"
    GRPCS = "GRPCS"


@dataclass(frozen=True)
class Backend:
    """One port of one Kubernetes Service, and how it is spoken to."""

    name: str
    service: Key
    port_name: str | None
    """The Service port's name, which is what EndpointSlices call it; empty when it has none, None: no such port."""
    health: HealthCheck | None = HealthCheck()
    """None: readiness is trusted."""
    endpoint_group: bool = False
    """Whether its pods are in a network endpoint group: health alone decides, and readiness waits for it."""
    protocol: Protocol = Protocol.HTTP
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


class How(StrEnum):
    """How a text is compared, in HAProxy's words."""

    EQUAL = "str"
    START = "beg"
    END = "end"
    REGEX = "reg -i"


@dataclass(frozen=True)
class Match:
    """What a request's host or path must be."""

    how: How
    text: str


@dataclass(frozen=True)
class Route:
    """Where a request goes whose host and path match; None matches any."""

    backend: str | None
    """Its name; None answers 404."""
    host: Match | None = None
    path: Match | None = None
    redirect: int | None = None
    """Status code that sends HTTP clients to HTTPS."""


class Manner(StrEnum):
    """Whose headers and answers a load balancer has; Google has two, by what its `ingresses` are."""

    GOOGLE = "google"
    NGINX = "nginx"
    GATEWAY = "gateway"


@dataclass(frozen=True)
class Tls:
    """What clients must be able to speak."""

    min_version: str
    """`1.0` to `1.3`."""
    ciphers: tuple[str, ...]
    """Those of TLS 1.2 and before, in OpenSSL's words; empty: none of them."""


@dataclass(frozen=True)
class LoadBalancer:
    """What an Ingress or Gateway asks for, or several together, with everything they name resolved."""

    name: str
    ingresses: tuple[Key, ...]
    """Gateways, in the manner of that name."""
    address: str
    backends: tuple[Backend, ...]
    routes: tuple[Route, ...]
    """The first that matches decides; the last matches everything."""
    certificates: tuple[Path, ...] = ()
    """PEM files; the first serves clients that name no domain. None: no HTTPS."""
    http: bool = True
    tls: Tls | None = None
    """None: as the proxy has it for all."""
    manner: Manner = Manner.GOOGLE

    @property
    def listeners(self) -> tuple[tuple[str, int], ...]:
        """Addresses and ports it needs."""
        ports = ([80] if self.http else []) + ([443] if self.certificates else [])
        return tuple((self.address, port) for port in ports)


def host_precedence(host: str) -> tuple[bool, int, str]:
    """Sorts hosts in the order to try them: names, then `*.suffix` by length, at last `*` for any."""
    return host.startswith("*"), -len(host), host


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
