"""The configuration says what the model says."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from sandbox.edge.grpc_health import SERVING, request
from sandbox.edge.haproxy import ERROR_RESPONSE, HANDOVER_PORT, listeners, quote, render, server_options
from sandbox.edge.model import (
    Affinity,
    Backend,
    Endpoint,
    HealthCheck,
    How,
    LoadBalancer,
    Manner,
    Match,
    Model,
    Protocol,
    Route,
)

BACKEND = Backend("web", ("shop", "web"), "http")
BALANCER = LoadBalancer("balancer", (("shop", "web"),), "127.45.0.1", (BACKEND,), (Route("web"),))


def text(balancer: LoadBalancer = BALANCER, **endpoints: tuple[Endpoint, ...]) -> str:
    return render(Model((balancer,), endpoints), Path("/sandbox/edge"))


def with_backend(backend: Backend) -> str:
    return text(replace(BALANCER, backends=(backend,)))


def routes(*routes: Route) -> list[str]:
    """The routing decisions in the order HAProxy takes them, without those for a replaced worker."""
    lines = re.findall(r"^ +(use_backend .*)$", text(replace(BALANCER, routes=routes)), re.MULTILINE)
    return [line for line in lines if "-handover" not in line]


def test_routes_are_tried_in_their_order() -> None:
    host = Match(How.EQUAL, "shop.example.com")
    assert routes(
        Route("a", host, Match(How.START, "/a/")), Route("b", None, Match(How.REGEX, "^/b(.*)")), Route("c")
    ) == [
        'use_backend a if { var(txn.host) -m str -- "shop.example.com" } { var(txn.path) -m beg -- "/a/" }',
        'use_backend b if { var(txn.path) -m reg -i -- "\\x5e/b\\x28.*\\x29" }',
        "use_backend c",
    ]


@pytest.mark.parametrize(("manner", "backend"), [(Manner.GOOGLE, "default-http"), (Manner.NGINX, "upstream-default")])
def test_a_route_to_nothing_answers_404(manner: Manner, backend: str) -> None:
    config = text(replace(BALANCER, routes=(Route(None),), manner=manner))
    assert f"    use_backend {backend}-backend\n" in config
    assert re.search(
        f"^backend {backend}-backend\n(?:    .*\n)*    http-request return status 404", config, re.MULTILINE
    )


def test_https_is_bound_only_with_a_certificate_and_offers_http_2() -> None:
    assert ":443" not in text()
    secure = replace(BALANCER, certificates=(Path("/a.pem"), Path("/b.pem")))
    assert 'bind 127.45.0.1:443 ssl crt "/a.pem" crt "/b.pem" alpn h2,http/1.1' in text(secure)
    assert "ssl-min-ver TLSv1.2" in text(secure)


def test_nothing_is_bound_but_the_load_balancers_own_address() -> None:
    secure = replace(BALANCER, certificates=(Path("/a.pem"),))
    bound = re.findall(r"bind (\S+)", text(secure))
    assert bound == ["127.45.0.1:80", "127.45.0.1:443", f"127.45.0.1:{HANDOVER_PORT}"]
    assert sorted(bound) == sorted(f"{address}:{port}" for address, port in listeners(secure))


def test_a_load_balancer_that_listens_nowhere_has_no_frontend() -> None:
    silent = replace(BALANCER, http=False)
    assert "frontend" not in text(silent)
    assert listeners(silent) == []


def test_a_redirect_spares_those_who_came_by_https() -> None:
    assert "redirect scheme" not in text()
    moved = Route("web", path=Match(How.EQUAL, "/a"), redirect=308)
    assert routes(moved) == [
        'use_backend https-308 if !{ dst_port 443 } { var(txn.path) -m str -- "/a" }',
        'use_backend web if { var(txn.path) -m str -- "/a" }',
    ]
    assert "http-request redirect scheme https code 308" in text(replace(BALANCER, routes=(moved,)))


@pytest.mark.parametrize(
    ("protocol", "options"),
    [
        (Protocol.HTTP, ""),
        (Protocol.HTTPS, "ssl verify none "),
        (Protocol.GRPC, "proto h2 "),
        (Protocol.GRPCS, "ssl verify none alpn h2 "),
    ],
)
def test_a_backend_is_spoken_to_in_its_protocol(protocol: Protocol, options: str) -> None:
    backend = replace(BACKEND, protocol=protocol, health=None)
    assert server_options(backend) == f"{options}pool-max-conn -1 pool-purge-delay 600s"


def test_a_backend_whose_readiness_is_trusted_is_not_checked() -> None:
    trusted = with_backend(replace(BACKEND, health=None))
    assert "check" not in trusted.split("\nbackend web\n")[1]


def test_only_googles_backends_answer_with_googles_page() -> None:
    assert "errorfile 503" in with_backend(BACKEND)
    assert "errorfile" not in with_backend(replace(BACKEND, health=None))


def test_only_the_answer_200_is_healthy() -> None:
    checked = with_backend(Backend("web", ("shop", "web"), "http", HealthCheck("/ping", port=9000, interval=4)))
    assert 'http-check send meth GET uri "/ping"' in checked
    assert "http-check expect status 200" in checked
    assert "inter 4s" in server_options(Backend("web", ("", ""), "", HealthCheck(interval=4)))
    assert "port 9000" in server_options(Backend("web", ("", ""), "", HealthCheck(port=9000)))


def test_the_backends_timeout_is_its_servers() -> None:
    assert "timeout server 45s" in with_backend(Backend("web", ("shop", "web"), "http", timeout=45))


def test_an_endpoint_in_the_file_has_the_options_of_one_added_at_run_time() -> None:
    line = f"server 10.244.0.5:8000 10.244.0.5:8000 {server_options(BACKEND)}"
    assert line in text(web=(Endpoint("10.244.0.5", 8000),))


def test_a_backend_of_two_ingresses_appears_once() -> None:
    other = replace(BALANCER, name="other", address="127.46.0.1")
    config = render(Model((BALANCER, other)), Path("/sandbox/edge"))
    assert config.count("\nbackend web\n") == 1
    assert config.count("\nfrontend ") == 2


@pytest.mark.parametrize(("affinity", "by"), [(Affinity.CLIENT_IP, "src"), (Affinity.GENERATED_COOKIE, "var(")])
def test_affinity_is_a_hash_so_that_endpoints_may_come_and_go(affinity: Affinity, by: str) -> None:
    config = with_backend(Backend("web", ("shop", "web"), "http", affinity=affinity, cookie_age=60))
    assert f"balance hash {by}" in config
    assert ("Max-Age=60" in config) is (affinity is Affinity.GENERATED_COOKIE)


EVIL = "a\" b\n    bind 0.0.0.0:80\r # $HOME \\ '"


def test_no_text_from_the_cluster_can_add_to_the_configuration() -> None:
    assert re.fullmatch(r'"(?:[\w./:*,;=@+-]|\\x[0-9a-f]{2})*"', quote(EVIL))
    evil = Backend("web", ("shop", "web"), "http", HealthCheck(EVIL, EVIL), request_headers=((EVIL, EVIL),))
    tame = Backend("web", ("shop", "web"), "http", HealthCheck("/", "h"), request_headers=(("n", "v"),))
    configs = [
        text(
            replace(
                BALANCER, backends=(backend,), routes=(Route("web", Match(How.EQUAL, said), Match(How.REGEX, said)),)
            )
        )
        for backend, said in ((evil, EVIL), (tame, "/p"))
    ]
    assert len(configs[0].splitlines()) == len(configs[1].splitlines())
    assert configs[0].count("bind ") - configs[1].count("bind ") == 0


def test_headers_know_googles_variables_and_take_percent_signs_as_they_are() -> None:
    headers = (("X-Client", "{client_ip_address} {client_region}"), ("X-Share", "100%"))
    config = with_backend(Backend("web", ("shop", "web"), "http", request_headers=headers))
    assert 'set-header "X-Client" "%[src]\\x20%[str()]"' in config
    assert 'set-header "X-Share" "100\\x25\\x25"' in config


def test_the_error_page_is_as_long_as_it_says() -> None:
    head, _, body = ERROR_RESPONSE.partition("\r\n\r\n")
    assert head.startswith("HTTP/1.1 502 ")
    assert f"Content-Length: {len(body)}" in head
    assert "502 Server Error" in body


def test_health_is_asked_in_cleartext_whatever_the_endpoints_speak() -> None:
    asked = with_backend(replace(BACKEND, protocol=Protocol.GRPCS, health=HealthCheck(path="/ping")))
    assert "    option httpchk\n    http-check connect\n    http-check send meth GET" in asked


def test_a_grpc_server_is_asked_by_bytes_that_it_answers_with_serving() -> None:
    lines = with_backend(replace(BACKEND, health=HealthCheck(grpc_service="shop.v1.Cart"))).splitlines()
    check = [line.strip() for line in lines if "check" in line and "timeout" not in line]
    assert check == [
        "option tcp-check",
        "tcp-check connect",
        f"tcp-check send-binary {request('shop.v1.Cart').hex()}",
        f"tcp-check expect binary {SERVING.hex()}",
    ]
