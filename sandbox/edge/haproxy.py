"""The model as HAProxy's configuration: a pure function from one to the other (HAProxy 2.6)."""

import re
from collections.abc import Iterator
from pathlib import Path

from sandbox.edge import grpc_health
from sandbox.edge.model import Affinity, Backend, Header, HealthCheck, LoadBalancer, Manner, Match, Model, Protocol, Tls

KEEP_ALIVE = 600
"""Idle seconds of a connection to a backend, as Google's load balancers have it; clients get 610."""

PROBE_MILLISECONDS = 500
"""How soon a changed endpoint is looked at again: Google asks from many places, not once an interval."""

HANDOVER_PORT = 442
"""On a load balancer's address, for a replaced worker; privileged, so that no stray program takes it."""

_NOT_FOUND = {
    Manner.GOOGLE: "default-http-backend",
    Manner.NGINX: "upstream-default-backend",
    Manner.GATEWAY: "default-http-backend",
}
"""The default backends of GKE and of ingress-nginx: they answer 404."""

_SPOKEN = {
    Protocol.HTTP: "",
    Protocol.HTTPS: "ssl verify none ",
    Protocol.GRPC: "proto h2 ",
    Protocol.GRPCS: "ssl verify none alpn h2 ",
}
"""How a server is spoken to."""

STATES = "servers.state"
"""File beside the configuration that carries the servers' health over a reload."""

ERROR = "502.http"
"""File beside the configuration with the answer when no healthy backend is there, or it fails."""

_PAGE = (
    "<html><head><title>502 Server Error</title></head>"
    "<body text=#000000 bgcolor=#ffffff><h1>Error: Server Error</h1>"
    "<h2>The server encountered a temporary error and could not complete your request."
    "<p>Please try again in 30 seconds.</h2><h2></h2></body></html>\n"
)

ERROR_RESPONSE = (
    "HTTP/1.1 502 Bad Gateway\r\nContent-Type: text/html; charset=UTF-8\r\n"
    f"Content-Length: {len(_PAGE)}\r\nReferrer-Policy: no-referrer\r\n\r\n{_PAGE}"
)

_GLOBAL = """\
global
    log stdout format raw local0
    user haproxy
    group haproxy
    hard-stop-after {hard_stop}s
    server-state-file {states}
    ssl-default-bind-options ssl-min-ver TLSv1.2

defaults
    mode http
    log global
    option httplog
    option dontlognull
    option idle-close-on-response
    option redispatch 1
    retries 3
    retry-on conn-failure empty-response
    load-server-state-from-file global
    timeout client {client}s
    timeout http-keep-alive {client}s
    timeout connect 5s
    timeout server 30s

backend {google}
    http-request set-log-level silent
    http-request return status 404 content-type text/plain lf-string \
"response 404 (backend NotFound), service rules for [ %[path] ] non-existent\\n"

backend {nginx}
    http-request return status 404 content-type text/html string "<html><h1>404 Not Found</h1></html>\\n"
"""

_FRONTEND = """\
    http-request set-var(txn.host) req.hdr(host),host_only,lower
    http-request set-var(txn.scheme) str(http)
    http-request set-var(txn.scheme) str(https) if { dst_port 443 }
    http-request set-header X-Forwarded-Proto %[var(txn.scheme)]
    http-request disable-l7-retry unless METH_GET
"""

_GOOGLE = """\
    http-request set-var(txn.path) path
    http-request set-header X-Forwarded-For "%[req.fhdr(x-forwarded-for)],%[src],%[dst]" \
if { req.fhdr(x-forwarded-for) -m found } !{ stopping }
    http-request set-header X-Forwarded-For "%[src],%[dst]" \
unless { req.fhdr(x-forwarded-for) -m found } || { stopping }
    http-request set-header Via "1.1 google"
    http-after-response set-header Via "1.1 google"
"""

_MANNERS = {
    Manner.GOOGLE: _GOOGLE,
    Manner.GATEWAY: _GOOGLE,
    Manner.NGINX: """\
    http-request set-var(txn.path) path,url_dec,regsub(/+,/,g)
    http-request set-header X-Forwarded-For %[src]
    http-request set-header X-Real-IP %[src]
    http-request set-header X-Forwarded-Host %[req.hdr(host)]
    http-request set-header X-Forwarded-Port %[dst_port]
    http-request set-header X-Forwarded-Scheme %[var(txn.scheme)]
    http-request set-header X-Scheme %[var(txn.scheme)]
    http-request set-header X-Request-ID %[uuid] unless { req.hdr(x-request-id) -m found }
    http-after-response set-header Strict-Transport-Security "max-age=31536000; includeSubDomains" if { dst_port 443 }
""",
}
"""What a request's path is compared with, and the headers that each adds."""

_REDIRECT = """\
backend https-{code}
    http-request redirect scheme https code {code}"""

_HANDOVER = """\
backend {name}-handover
    http-request set-log-level silent
    timeout server 1d
    server next {address}:{port} send-proxy-v2 proto h2 ws h1
"""
"""A worker that was replaced keeps its connections, but neither checks nor learns of endpoints any more: what
it is still asked goes to its successor. (By TCP: HAProxy cannot take an abstract socket back when a reload
fails, and a socket file would have to be reachable for its unprivileged user.)"""

_VARIABLES = {
    "client_ip_address": "%[src]",
    "client_port": "%[src_port]",
    "client_protocol": "HTTP/%[req.ver]",
    "server_ip_address": "%[dst]",
    "server_port": "%[dst_port]",
    "tls_version": "%[ssl_fc_protocol]",
    "tls_cipher_suite": "%[ssl_fc_cipher]",
    "tls_sni_hostname": "%[ssl_fc_sni]",
}
"""Google's variables in custom headers; those that only Google can know are empty."""


def render(model: Model, directory: Path) -> str:
    """The configuration of all load balancers, with the model's endpoints as servers."""
    head = _GLOBAL.format(
        client=KEEP_ALIVE + 10,
        hard_stop=KEEP_ALIVE + 10,
        states=quote(str(directory / STATES)),
        google=_NOT_FOUND[Manner.GOOGLE],
        nginx=_NOT_FOUND[Manner.NGINX],
    )
    codes = sorted({route.redirect for balancer in model.balancers for route in balancer.routes if route.redirect})
    frontends = ["\n".join(_frontend(balancer)) for balancer in model.balancers if balancer.listeners]
    redirects = [_REDIRECT.format(code=code) for code in codes]
    error = quote(str(directory / ERROR))
    backends = ["\n".join(_backend(model, backend, error)) for backend in model.backends.values()]
    return "\n\n".join([head.rstrip(), *redirects, *frontends, *backends]) + "\n"


def listeners(balancer: LoadBalancer) -> list[tuple[str, int]]:
    """The addresses and ports that a load balancer needs; none when nothing is to be served."""
    return [*balancer.listeners, (balancer.address, HANDOVER_PORT)] if balancer.listeners else []


def server_options(backend: Backend) -> str:
    """What follows a server's address: the same in the configuration and for one added at run time.

    Unless told how many connections it may keep, HAProxy keeps none to a server that was added at run time.
    """
    spoken = f"{_SPOKEN[backend.protocol]}pool-max-conn -1 pool-purge-delay {KEEP_ALIVE}s"
    if (health := backend.health) is None:
        return spoken
    port = f" port {health.port}" if health.port else ""
    return (
        f"check inter {health.interval}s fastinter {PROBE_MILLISECONDS}ms downinter {PROBE_MILLISECONDS}ms"
        f" rise {health.healthy} fall {health.unhealthy}{port} {spoken}"
    )


def quote(text: str) -> str:
    """Any text as one word of the configuration."""
    return '"' + re.sub(rb"[^\w./:*,;=@+-]", lambda byte: b"\\x%02x" % ord(byte[0]), text.encode()).decode() + '"'


def _frontend(balancer: LoadBalancer) -> Iterator[str]:
    yield f"frontend {balancer.name}"
    certificates = " ".join(f"crt {quote(str(file))}" for file in balancer.certificates)
    secure = f" ssl {certificates} alpn h2,http/1.1{_tls(balancer.tls)}"
    for address, port in balancer.listeners:
        yield f"    bind {address}:{port}{secure if port == 443 else ''}"
    yield f"    bind {balancer.address}:{HANDOVER_PORT} accept-proxy"
    yield _FRONTEND + _MANNERS[balancer.manner].rstrip()
    yield f"    use_backend {balancer.name}-handover if {{ stopping }}"
    for route in balancer.routes:
        conditions = [*_condition("host", route.host), *_condition("path", route.path)]
        if route.redirect:
            yield _use(f"https-{route.redirect}", "!{ dst_port 443 }", *conditions)
        yield _use(route.backend or _NOT_FOUND[balancer.manner], *conditions)
    yield "\n" + _HANDOVER.format(name=balancer.name, address=balancer.address, port=HANDOVER_PORT).rstrip()


def _tls(tls: Tls | None) -> str:
    """OpenSSL has no cipher for versions before TLS 1.2 unless its security level is lowered."""
    if tls is None:
        return ""
    ciphers = [*tls.ciphers, *(["@SECLEVEL=0"] if tls.min_version < "1.2" else [])]
    return f" ssl-min-ver TLSv{tls.min_version}" + (f" ciphers {':'.join(ciphers)}" if ciphers else "")


def _use(backend: str, *conditions: str) -> str:
    return " ".join(["    use_backend", backend, *(["if", *conditions] if conditions else [])])


def _condition(variable: str, match: Match | None) -> list[str]:
    return [f"{{ var(txn.{variable}) -m {match.how} -- {quote(match.text)} }}"] if match else []


def _backend(model: Model, backend: Backend, error: str) -> Iterator[str]:
    yield f"backend {backend.name}"
    yield f"    timeout server {backend.timeout}s"
    yield f"    timeout tunnel {backend.timeout}s"
    if backend.health:
        yield from (f"    errorfile {status} {error}" for status in (502, 503, 504))
        yield from _check(backend.health)
    yield from _affinity(backend)
    yield from _headers("http-request", backend.request_headers)
    yield from _headers("http-response", backend.response_headers)
    if backend.log_rate < 1:
        share = round(backend.log_rate * 1_000_000)
        yield f"    http-request set-log-level silent unless {{ rand(1000000) lt {share} }}"
    for endpoint in model.endpoints.get(backend.name, ()):
        yield f"    server {endpoint.name} {endpoint.name} {server_options(backend)}"


def _check(health: HealthCheck) -> Iterator[str]:
    """In cleartext, whatever the endpoints speak: with Google, too, it is the check's type that says so."""
    yield f"    timeout check {health.timeout}s"
    if health.grpc_service is not None:
        yield "    option tcp-check"
        yield "    tcp-check connect"
        yield f"    tcp-check send-binary {grpc_health.request(health.grpc_service).hex()}"
        yield f"    tcp-check expect binary {grpc_health.SERVING.hex()}"
        return
    yield "    option httpchk"
    yield "    http-check connect"
    host = quote(_literal(health.host)) if health.host else "%[srv_name]"
    request = f"meth GET uri {quote(health.path)} ver HTTP/1.1"
    yield f"    http-check send {request} hdr Host {host} hdr User-Agent GoogleHC/1.0"
    yield "    http-check expect status 200"


def _affinity(backend: Backend) -> Iterator[str]:
    """A client sticks by a hash of who it is: so endpoints may come and go, and nothing is remembered."""
    if backend.affinity is Affinity.NONE:
        yield "    balance roundrobin"
        return
    if backend.affinity is Affinity.CLIENT_IP:
        yield "    balance hash src"
    else:
        age = f"; Max-Age={backend.cookie_age}" if backend.cookie_age else ""
        cookie = f'"GCLB=%[var(txn.affinity)]; Path=/; HttpOnly{age}"'
        yield "    http-request set-var(txn.affinity) req.cook(GCLB)"
        yield "    http-request set-var(txn.unknown) bool(true) unless { req.cook(GCLB) -m found }"
        yield "    http-request set-var(txn.affinity) uuid if { var(txn.unknown) -m found }"
        yield f"    http-response add-header Set-Cookie {cookie} if {{ var(txn.unknown) -m found }}"
        yield "    balance hash var(txn.affinity)"
    yield "    hash-type consistent"


def _headers(rule: str, headers: tuple[Header, ...]) -> Iterator[str]:
    for name, value in headers:
        parts = re.split(r"\{(\w+)\}", value)
        texts = [quote(_literal(part))[1:-1] for part in parts[::2]]
        variables = [_VARIABLES.get(part, "%[str()]") for part in parts[1::2]] + [""]
        text = "".join(text + variable for text, variable in zip(texts, variables, strict=True))
        yield f'    {rule} set-header {quote(name)} "{text}"'


def _literal(text: str) -> str:
    """Text that HAProxy's log format leaves alone."""
    return text.replace("%", "%%")
