"""An Ingress of class nginx says what is asked of it, and nothing that could never be reached."""

from typing import Any

import pulumi
import pytest

from components.nginx_ingress import NginxIngress, NginxIngressArgs
from settings.route import Route
from tests.unit.recording import Resource, record

PREFIX = "nginx.ingress.kubernetes.io/"
WEB: NginxIngressArgs = {
    "name": "shop",
    "namespace": "shop",
    "hosts": ["shop.example.com"],
    "routes": [Route(path="/", path_type="Prefix", service="web", port="http")],
    "services": {"web": "web-service"},
}
REGEX = [Route(path="/api/?(.*)", service="api", port=3000), Route(path="/?(.*)", service="web", port=80)]


def made(**changes: Any) -> Resource:
    args: Any = {**WEB, **changes}
    return record(lambda: NginxIngress("i", args)).one("Ingress")


def refusal(**changes: Any) -> str:
    with pytest.raises(pulumi.RunError) as error:
        made(**changes)
    return str(error.value)


def annotations(**changes: Any) -> dict[str, str]:
    stated = made(**changes).inputs["metadata"].get("annotations", {})
    return {name.removeprefix(PREFIX): value for name, value in stated.items()}


def test_a_route_leads_to_the_service_s_own_name_and_port() -> None:
    spec = made().inputs["spec"]
    backend = {"service": {"name": "web-service", "port": {"name": "http"}}}
    path = {"path": "/", "pathType": "Prefix", "backend": backend}
    assert spec == {"ingressClassName": "nginx", "rules": [{"host": "shop.example.com", "http": {"paths": [path]}}]}


def test_routes_keep_their_order_and_every_host_has_them() -> None:
    services = {"api": "api", "web": "web"}
    spec = made(hosts=["a.example.com", "b.example.com"], routes=REGEX, services=services, use_regex=True).inputs[
        "spec"
    ]
    assert [[path["path"] for path in rule["http"]["paths"]] for rule in spec["rules"]] == [
        ["/api/?(.*)", "/?(.*)"],
        ["/api/?(.*)", "/?(.*)"],
    ]


def test_what_is_not_asked_for_stays_as_ingress_nginx_has_it() -> None:
    assert annotations() == {}


def test_every_option_is_an_annotation() -> None:
    assert annotations(
        backend_protocol="GRPC", ssl_redirect=False, read_timeout_seconds=300, send_timeout_seconds=30
    ) == {
        "backend-protocol": "GRPC",
        "ssl-redirect": "false",
        "proxy-read-timeout": "300",
        "proxy-send-timeout": "30",
    }


def test_hosts_with_a_certificate_name_its_secret_and_the_others_need_none() -> None:
    tls = [{"hosts": ["shop.example.com"], "secret_name": "shop-tls"}]
    assert made(tls=tls).inputs["spec"]["tls"] == [{"hosts": ["shop.example.com"], "secretName": "shop-tls"}]
    assert made(tls=[{"hosts": ["shop.example.com"]}]).inputs["spec"]["tls"] == [{"hosts": ["shop.example.com"]}]


def test_a_shadowed_route_is_refused() -> None:
    hidden = Route(path="/api", service="web", port=80)
    text = refusal(routes=[hidden, *REGEX], services={"api": "api", "web": "web"}, use_regex=True)
    assert text.startswith("Ingress i: No request reaches the route /api (to web)")


def test_a_route_to_a_service_that_is_not_there_is_refused() -> None:
    assert "Routes lead to web, and there is no such Service" in refusal(services={"api": "api"})


def test_an_impossible_host_is_refused() -> None:
    assert "No host can have this name" in refusal(hosts=["shop"])
    assert "Without a host" in refusal(hosts=[])


def test_a_certificate_for_a_host_without_routes_is_refused() -> None:
    assert "tls names other.example.com" in refusal(tls=[{"hosts": ["other.example.com"]}])
