"""Ingresses become load balancers whole, or not at all."""

from pathlib import Path
from typing import Any

import pytest

from sandbox.edge.address import Addresses
from sandbox.edge.events import Warnings
from sandbox.edge.gce import FINALIZER, gce, wanted
from sandbox.edge.model import How, LoadBalancer, Match
from sandbox.edge.objects import Event, Kind
from tests.unit.edge.fakes import FakeCluster

WEB = ("shop", "web")
STATIC = {"kubernetes.io/ingress.global-static-ip-name": "web"}
GOOGLE = {
    "projects/p/global/addresses/web": {
        "type": "gcp:compute/globalAddress:GlobalAddress",
        "name": "web",
        "address": "127.45.0.1",
    },
    "projects/p/global/sslPolicies/web": {
        "type": "gcp:compute/sSLPolicy:SSLPolicy",
        "name": "web",
        "properties": {"profile": "MODERN", "minTlsVersion": "TLS_1_2"},
    },
}


def result(
    cluster: FakeCluster, file: Path | None = None, previous: tuple[LoadBalancer, ...] = ()
) -> tuple[tuple[LoadBalancer, ...], Warnings]:
    addresses = Addresses()
    addresses.see(cluster, GOOGLE)
    return gce(cluster, addresses, GOOGLE, lambda _: file, {balancer.name: balancer for balancer in previous})


def served(cluster: FakeCluster, file: Path | None = None) -> LoadBalancer:
    (balancer,) = result(cluster, file)[0]
    return balancer


def warning(cluster: FakeCluster) -> Event:
    """The one event of an Ingress that must not be served."""
    balancers, warnings = result(cluster)
    assert not balancers, "an Ingress that names something missing is not half configured"
    return warnings[Kind.INGRESS, WEB]


@pytest.mark.parametrize(
    ("annotations", "spec", "ours"),
    [
        ({}, {}, True),
        ({"kubernetes.io/ingress.class": "gce"}, {}, True),
        ({"kubernetes.io/ingress.class": "gce"}, {"ingressClassName": "nginx"}, True),
        ({"kubernetes.io/ingress.class": "nginx"}, {}, False),
        ({"kubernetes.io/ingress.class": "gce-internal"}, {}, False),
        ({}, {"ingressClassName": "nginx"}, False),
    ],
)
def test_google_serves_class_gce_and_what_has_no_class(
    cluster: FakeCluster, annotations: dict[str, str], spec: dict[str, str], ours: bool
) -> None:
    ingress = cluster.ingress(annotations=annotations)
    ingress["spec"] |= spec
    assert wanted(ingress) is ours


def test_an_ingress_without_our_finalizer_is_not_served_yet(cluster: FakeCluster) -> None:
    cluster.service()
    cluster.ingress()["metadata"]["finalizers"] = ["example.com/other"]
    assert not result(cluster)[0]


def test_an_ingress_that_is_being_deleted_is_not_served(cluster: FakeCluster) -> None:
    cluster.service()
    cluster.ingress()["metadata"]["deletionTimestamp"] = "2026-01-01T00:00:00Z"
    assert not result(cluster)[0]


def test_the_reserved_address_that_is_named_is_used(cluster: FakeCluster) -> None:
    cluster.service()
    cluster.ingress(annotations=STATIC)
    assert served(cluster).address == "127.45.0.1"


def test_a_reserved_address_that_does_not_exist_is_refused_in_googles_words(cluster: FakeCluster) -> None:
    cluster.service()
    cluster.ingress(annotations={"kubernetes.io/ingress.global-static-ip-name": "absent"})
    event = warning(cluster)
    assert (event.reason, event.warning) == ("Sync", True)
    assert "the given static IP name absent doesn't translate to an existing static IP" in event.message


def test_the_older_of_two_ingresses_keeps_a_reserved_address(cluster: FakeCluster) -> None:
    cluster.service()
    cluster.ingress(annotations=STATIC)
    cluster.ingress("zz", annotations=STATIC)
    balancers, warnings = result(cluster)
    assert [balancer.ingresses for balancer in balancers] == [(WEB,)]
    assert "in-use" in warnings[Kind.INGRESS, ("shop", "zz")].message


def test_an_address_in_a_status_is_kept_and_no_address_is_given_twice(cluster: FakeCluster) -> None:
    cluster.service()["status"] = {"loadBalancer": {"ingress": [{"ip": "127.46.0.1"}]}}
    cluster.ingress("a")
    cluster.ingress("b")["status"] = {"loadBalancer": {"ingress": [{"ip": "127.46.0.2"}]}}
    cluster.ingress("c")
    addresses = {name: balancer.address for balancer in result(cluster)[0] for _, name in balancer.ingresses}
    assert addresses == {"a": "127.46.0.3", "b": "127.46.0.2", "c": "127.46.0.4"}


BACKEND_CONFIG = {"cloud.google.com/backend-config": '{"default": "web"}'}


@pytest.mark.parametrize(
    ("service", "ingress", "missing", "reason"),
    [
        (None, {}, 'could not find service "shop/web"', "Translate"),
        ({"ports": [{"port": 80}]}, {}, 'could not find port "8000" in service "shop/web"', "Translate"),
        ({"type": "ClusterIP"}, {}, 'service "shop/web" is type "ClusterIP"', "Translate"),
        ({"annotations": BACKEND_CONFIG}, {}, 'no BackendConfig for service port exists: "web"', "Translate"),
        (
            {},
            {"networking.gke.io/v1beta1.FrontendConfig": "web"},
            "no FrontendConfig for Ingress exists",
            "Sync",
        ),
        (
            {},
            {"networking.gke.io/managed-certificates": "web"},
            "ManagedCertificate shop:web missing",
            "MissingCertificate",
        ),
    ],
)
def test_naming_something_missing_is_a_warning_and_no_route(
    cluster: FakeCluster, service: dict[str, Any] | None, ingress: dict[str, str], missing: str, reason: str
) -> None:
    if service is not None:
        cluster.service(**service)
    cluster.ingress(annotations=ingress)
    event = warning(cluster)
    assert missing in event.message
    assert event.reason == reason


def test_an_ingress_that_was_served_stays_as_it_was_while_something_is_missing(cluster: FakeCluster) -> None:
    cluster.service()
    cluster.ingress()
    before = served(cluster)
    del cluster[Kind.SERVICE][WEB]
    balancers, warnings = result(cluster, previous=(before,))
    assert balancers == (before,)
    assert (Kind.INGRESS, WEB) in warnings


def test_a_defect_met_in_one_ingress_is_told_there_and_leaves_the_others_served(cluster: FakeCluster) -> None:
    cluster.service()
    cluster.ingress("broken", defaultBackend={"service": {}})
    cluster.ingress()
    balancers, warnings = result(cluster)
    assert [balancer.ingresses for balancer in balancers] == [(WEB,)]
    assert "KeyError" in warnings[Kind.INGRESS, ("shop", "broken")].message


def test_a_neg_makes_a_clusterip_service_a_backend(cluster: FakeCluster) -> None:
    cluster.service(annotations={"cloud.google.com/neg": '{"ingress": true}'}, type="ClusterIP")
    cluster.ingress()
    assert served(cluster).backends


def path(path: str, kind: str = "ImplementationSpecific") -> dict[str, Any]:
    return {"path": path, "pathType": kind, "backend": {"service": {"name": "web", "port": {"name": "http"}}}}


@pytest.mark.parametrize(
    ("entry", "paths"),
    [
        (path("/*"), ["/*"]),
        (path(""), ["/*"]),
        (path("/a"), ["/a"]),
        (path("/a/*"), ["/a/*"]),
        (path("/a", "Exact"), ["/a"]),
        (path("/", "Prefix"), ["/*"]),
        (path("/a", "Prefix"), ["/a", "/a/*"]),
        (path("/a/", "Prefix"), ["/a", "/a/*"]),
    ],
)
def test_paths_become_those_of_a_url_map(cluster: FakeCluster, entry: dict[str, Any], paths: list[str]) -> None:
    cluster.service()
    cluster.ingress(rules=[{"host": "shop.example.com", "http": {"paths": [entry]}}])
    *routes, _, _ = served(cluster).routes
    starts = {None: "/*"} | {Match(How.START, each[:-1]): each for each in paths}
    assert [starts.get(route.path, route.path and route.path.text) for route in routes] == paths


@pytest.mark.parametrize("entry", [path("/a*"), path("/*/b"), path("/a/*", "Exact"), path("/a*", "Prefix")])
def test_a_wildcard_that_a_url_map_cannot_have_is_refused(cluster: FakeCluster, entry: dict[str, Any]) -> None:
    cluster.service()
    cluster.ingress(rules=[{"http": {"paths": [entry]}}])
    assert entry["path"] in warning(cluster).message


def test_rules_for_the_same_host_are_one_host_of_the_url_map(cluster: FakeCluster) -> None:
    cluster.service()
    rules = [{"host": "shop.example.com", "http": {"paths": [path(each)]}} for each in ("/a", "/b")]
    cluster.ingress(rules=[*rules, {"http": {"paths": [path("/c")]}}])
    assert table(served(cluster)) == [
        ("shop.example.com", "/a", "web"),
        ("shop.example.com", "/b", "web"),
        ("shop.example.com", "", ""),
        ("", "/c", "web"),
        ("", "", ""),
        ("", "", ""),
    ]


def table(balancer: LoadBalancer) -> list[tuple[str, str, str]]:
    """Host, path and Service of each route, in their order."""
    services = {backend.name: backend.service[1] for backend in balancer.backends}
    return [
        (
            route.host.text if route.host else "",
            route.path.text if route.path else "",
            services.get(route.backend or "", ""),
        )
        for route in balancer.routes
    ]


def test_equal_paths_go_before_prefixes_and_long_before_short(cluster: FakeCluster) -> None:
    cluster.service()
    paths = [path(each) for each in ("/*", "/a/*", "/a/b/*", "/a/b", "/a")]
    cluster.ingress(rules=[{"http": {"paths": paths}}])
    assert [found for _, found, _ in table(served(cluster))][:5] == ["/a/b", "/a", "/a/b/", "/a/", ""]


def test_equal_hosts_go_before_wildcards_and_long_before_short(cluster: FakeCluster) -> None:
    cluster.service()
    hosts = ("*.example.com", "shop.example.com", "", "*.shop.example.com")
    cluster.ingress(rules=[{"host": host, "http": {"paths": [path("/*")]}} for host in hosts])
    order = dict.fromkeys(host for host, _, _ in table(served(cluster)))
    assert list(order) == ["shop.example.com", ".shop.example.com", ".example.com", ""]


def test_a_matching_host_without_a_matching_path_goes_to_the_default_backend(cluster: FakeCluster) -> None:
    cluster.service()
    cluster.service(name="fallback")
    rules = [{"host": "shop.example.com", "http": {"paths": [path("/a")]}}, {"http": {"paths": [path("/*")]}}]
    cluster.ingress(rules=rules, defaultBackend={"service": {"name": "fallback", "port": {"name": "http"}}})
    assert [service for _, _, service in table(served(cluster))] == ["web", "fallback", "web", "fallback", "fallback"]


def test_clients_are_redirected_even_before_https_serves(cluster: FakeCluster) -> None:
    cluster.service()
    cluster.certificate()
    redirect = {"enabled": True, "responseCodeName": "PERMANENT_REDIRECT"}
    cluster.add(Kind.FRONTEND_CONFIG, "web", spec={"redirectToHttps": redirect})
    cluster.ingress(
        annotations={
            "networking.gke.io/managed-certificates": "web",
            "networking.gke.io/v1beta1.FrontendConfig": "web",
        }
    )
    provisioning, active = served(cluster), served(cluster, Path("web.pem"))
    assert {route.redirect for route in provisioning.routes} == {308}
    assert provisioning.listeners == ((provisioning.address, 80),)
    assert {route.redirect for route in active.routes} == {308}
    assert [port for _, port in active.listeners] == [80, 443]


def test_redirects_are_permanent_unless_the_frontend_config_says_otherwise(cluster: FakeCluster) -> None:
    cluster.service()
    cluster.certificate()
    cluster.add(Kind.FRONTEND_CONFIG, "web", spec={"redirectToHttps": {"enabled": True}})
    cluster.ingress(
        annotations={
            "networking.gke.io/managed-certificates": "web",
            "networking.gke.io/v1beta1.FrontendConfig": "web",
        }
    )
    assert {route.redirect for route in served(cluster, Path("web.pem")).routes} == {301}


@pytest.mark.parametrize(("policy", "version"), [("web", "1.2"), ("", "1.0")])
def test_clients_speak_what_the_ssl_policy_of_the_frontend_config_demands(
    cluster: FakeCluster, policy: str, version: str
) -> None:
    cluster.service()
    cluster.add(Kind.FRONTEND_CONFIG, "web", spec={"sslPolicy": policy})
    cluster.ingress(annotations={"networking.gke.io/v1beta1.FrontendConfig": "web"})
    tls = served(cluster).tls
    assert tls and tls.min_version == version


def test_an_ssl_policy_that_does_not_exist_is_a_warning(cluster: FakeCluster) -> None:
    cluster.service()
    cluster.add(Kind.FRONTEND_CONFIG, "web", spec={"sslPolicy": "missing"})
    cluster.ingress(annotations={"networking.gke.io/v1beta1.FrontendConfig": "web"})
    assert "the SSL policy missing was not found" in warning(cluster).message


def test_http_can_be_switched_off(cluster: FakeCluster) -> None:
    cluster.service()
    cluster.ingress(annotations={"kubernetes.io/ingress.allow-http": "false"})
    assert served(cluster).listeners == ()


def test_the_finalizer_is_the_one_that_gke_uses() -> None:
    assert FINALIZER == "networking.gke.io/ingress-finalizer-V2"
