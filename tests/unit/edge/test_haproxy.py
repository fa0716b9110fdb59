"""The configuration says what the model says."""

import re
from pathlib import Path

import pytest

from sandbox.edge.haproxy import ERROR_RESPONSE, HANDOVER_PORT, listeners, quote, render, server_options
from sandbox.edge.model import Affinity, Backend, Endpoint, HealthCheck, HostRule, LoadBalancer, Model, PathRule

BACKEND = Backend("web", ("shop", "web"), "http")
BALANCER = LoadBalancer("balancer", ("shop", "web"), "127.45.0.1", (BACKEND,), default="web")


def text(balancer: LoadBalancer = BALANCER, **endpoints: tuple[Endpoint, ...]) -> str:
    return render(Model((balancer,), endpoints), Path("/sandbox/edge"))


def with_backend(backend: Backend) -> str:
    return text(LoadBalancer("balancer", ("shop", "web"), "127.45.0.1", (backend,), default=backend.name))


def routes(*hosts: HostRule, default: str | None = "default") -> list[str]:
    """The routing decisions in the order HAProxy takes them, without those for a replaced worker."""
    balancer = LoadBalancer("balancer", ("shop", "web"), "127.45.0.1", (), hosts, default)
    lines = re.findall(r"^ +((?:use|default)_backend .*)$", text(balancer), re.MULTILINE)
    return [line for line in lines if "-handover" not in line]


def test_equal_paths_go_before_prefixes_and_long_before_short() -> None:
    paths = ("/*", "/a/*", "/a/b/*", "/a/b", "/a")
    rule = HostRule("*", tuple(PathRule(path, f"to{path}") for path in paths))
    assert [line.split()[1] for line in routes(rule)][:5] == ["to/a/b", "to/a", "to/a/b/*", "to/a/*", "to/*"]


def test_a_prefix_takes_what_is_below_it_only() -> None:
    (first, *_) = routes(HostRule("*", (PathRule("/a/*", "a"),)))
    assert first == 'use_backend a if { path -m beg -- "/a/" }'


def test_equal_hosts_go_before_wildcards_and_long_before_short() -> None:
    hosts = ("*", "*.example.com", "shop.example.com", "*.shop.example.com")
    rules = (HostRule(host, (PathRule("/*", f"to-{host}"),)) for host in hosts)
    order = [line.split()[1] for line in routes(*rules) if "to-" in line]
    assert order == ["to-shop.example.com", "to-*.shop.example.com", "to-*.example.com", "to-*"]


def test_a_matching_host_without_a_matching_path_goes_to_the_default_backend() -> None:
    shop = HostRule("shop.example.com", (PathRule("/a", "a"),))
    anything = HostRule("*", (PathRule("/*", "anything"),))
    assert [line.split()[1] for line in routes(shop, anything)] == [
        "a",
        "default",
        "anything",
        "default",
        "default",
    ]


def test_an_ingress_without_default_backend_answers_404() -> None:
    assert routes(default=None) == ["default_backend default-http-backend"]
    assert "return status 404" in text()


def test_https_is_bound_only_with_a_certificate_and_offers_http_2() -> None:
    assert ":443" not in text()
    secure = LoadBalancer("b", ("shop", "web"), "127.45.0.1", (BACKEND,), certificates=(Path("/a.pem"), Path("/b.pem")))
    assert 'bind 127.45.0.1:443 ssl crt "/a.pem" crt "/b.pem" alpn h2,http/1.1' in text(secure)
    assert "ssl-min-ver TLSv1.2" in text(secure)


def test_nothing_is_bound_but_the_load_balancers_own_address() -> None:
    secure = LoadBalancer("b", ("shop", "web"), "127.45.0.1", (BACKEND,), certificates=(Path("/a.pem"),))
    bound = re.findall(r"bind (\S+)", text(secure))
    assert bound == ["127.45.0.1:80", "127.45.0.1:443", f"127.45.0.1:{HANDOVER_PORT}"]
    assert sorted(bound) == sorted(f"{address}:{port}" for address, port in listeners(secure))


def test_a_load_balancer_that_listens_nowhere_has_no_frontend() -> None:
    silent = LoadBalancer("silent", ("shop", "web"), "127.45.0.1", (BACKEND,), http=False)
    assert "frontend" not in text(silent)
    assert listeners(silent) == []


def test_a_redirect_spares_those_who_came_by_https() -> None:
    assert "redirect scheme" not in text()
    moved = LoadBalancer("b", ("shop", "web"), "127.45.0.1", (BACKEND,), redirect=301)
    assert "http-request redirect scheme https code 301 unless { dst_port 443 }" in text(moved)


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
    other = LoadBalancer("other", ("shop", "other"), "127.46.0.1", (BACKEND,), default="web")
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
    hosts = (HostRule(EVIL, (PathRule(EVIL, "web"),)),)
    tame = Backend("web", ("shop", "web"), "http", HealthCheck("/", "h"), request_headers=(("n", "v"),))
    configs = [
        text(LoadBalancer("balancer", ("shop", "web"), "127.45.0.1", (backend,), rules, "web"))
        for backend, rules in ((evil, hosts), (tame, (HostRule("h", (PathRule("/p", "web"),)),)))
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
