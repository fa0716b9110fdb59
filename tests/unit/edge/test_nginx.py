"""Ingresses of class nginx are routed as ingress-nginx has NGINX route them."""

import re
from typing import Any

import pytest

from components.nginx_ingress import NginxIngress, NginxIngressArgs
from sandbox.edge.events import Warnings
from sandbox.edge.keyring import Keyring
from sandbox.edge.model import How, LoadBalancer, Match, Protocol, Route
from sandbox.edge.nginx import nginx
from sandbox.edge.objects import Kind
from sandbox.edge.tls import HostCertificates
from settings.route import Route as Leading
from tests.unit.edge.conftest import NOW
from tests.unit.edge.fakes import FakeCluster
from tests.unit.recording import record

HOST = "tour.example.com"
PREFIX = "nginx.ingress.kubernetes.io/"
REGEX = {"use-regex": "true"}

TOUR = {
    "auth": ["/api/v1/auth/?(.*)", "/api/v1/oauth2/?(.*)", "/api/v1/users/?(.*)", "/api/v1/admin/users/?(.*)"],
    "booking": ["/api/v1/tours/?(.*)/bookings", "/api/v1/bookings/?(.*)", "/api/v1/admin/bookings/?(.*)"],
    "payment": ["/api/v1/payments/?(.*)"],
    "review": ["/api/v1/tours/?(.*)/reviews", "/api/v1/reviews/?(.*)", "/api/v1/admin/reviews/?(.*)"],
    "tour": ["/api/v1/tours/?(.*)", "/api/v1/admin/tours/?(.*)"],
    "client": ["/?(.*)"],
}


class Nginx:
    """Class nginx on a fake cluster."""

    def __init__(self, cluster: FakeCluster, keyring: Keyring) -> None:
        self.cluster = cluster
        self.certificates = HostCertificates(keyring)

    def ingress(
        self,
        *paths: tuple[str, str, str],
        name: str = "web",
        host: str = HOST,
        annotations: dict[str, str] | None = None,
        **spec: Any,
    ) -> dict[str, Any]:
        """An Ingress with the (path, pathType, Service) of one host, and the Services."""
        for _, _, service in paths:
            self.cluster.service(name=service, type="ClusterIP")
        rules = [
            {
                "host": host,
                "http": {
                    "paths": [
                        {
                            "path": path,
                            "pathType": kind,
                            "backend": {"service": {"name": service, "port": {"name": "http"}}},
                        }
                        for path, kind, service in paths
                    ]
                },
            }
        ]
        named = {PREFIX + short: value for short, value in (annotations or {}).items()}
        return self.cluster.ingress(name, named, **({"ingressClassName": "nginx", "rules": rules} | spec))

    @property
    def result(self) -> tuple[tuple[LoadBalancer, ...], Warnings]:
        return nginx(self.cluster, self.certificates, NOW)

    @property
    def balancer(self) -> LoadBalancer:
        ((balancer,), warnings) = self.result
        assert not warnings
        return balancer

    def warning(self, name: str = "web") -> str:
        event = self.result[1][Kind.INGRESS, ("shop", name)]
        assert event.warning
        return event.message

    def route(self, path: str, host: str = HOST) -> Route:
        """The first route that matches, as HAProxy would find it."""
        return next(route for route in self.balancer.routes if matches(route.host, host) and matches(route.path, path))

    def answers(self, path: str, host: str = HOST) -> str | None:
        """The Service that answers; None: 404."""
        backends = {backend.name: backend.service[1] for backend in self.balancer.backends}
        return backends.get(self.route(path, host).backend or "")


def matches(match: Match | None, text: str) -> bool:
    if match is None:
        return True
    return {
        How.EQUAL: text == match.text,
        How.START: text.startswith(match.text),
        How.END: text.endswith(match.text),
        How.REGEX: re.search(match.text, text, re.IGNORECASE) is not None,
    }[match.how]


@pytest.fixture
def edge(cluster: FakeCluster, keyring: Keyring) -> Nginx:
    return Nginx(cluster, keyring)


@pytest.fixture
def tour(edge: Nginx) -> Nginx:
    edge.ingress(
        *((path, "ImplementationSpecific", service) for service, paths in TOUR.items() for path in paths),
        annotations=REGEX,
    )
    return edge


@pytest.mark.parametrize(
    ("path", "service"),
    [
        ("/api/v1/auth", "auth"),
        ("/api/v1/auth/login", "auth"),
        ("/API/V1/AUTH/login", "auth"),
        ("/api/v1/authx", "auth"),
        ("/api/v1/oauth2/google", "auth"),
        ("/api/v1/users/7", "auth"),
        ("/api/v1/admin/users", "auth"),
        ("/api/v1/tours/5/bookings", "booking"),
        ("/api/v1/tours/5/bookings/3", "booking"),
        ("/api/v1/tours/bookings", "booking"),
        ("/api/v1/toursbookings", "tour"),
        ("/api/v1/admin/bookings/9", "booking"),
        ("/api/v1/bookings/1/reviews", "booking"),
        ("/api/v1/payments/1/refund", "payment"),
        ("/api/v1/tours/5/reviews", "review"),
        ("/api/v1/tours/5/reviews/2/bookings", "booking"),
        ("/api/v1/reviews/", "review"),
        ("/api/v1/tours", "tour"),
        ("/api/v1/tours/5", "tour"),
        ("/api/v1/admin/tours/5/bookings", "tour"),
        ("/", "client"),
        ("/api/v1", "client"),
        ("/x/api/v1/auth", "client"),
    ],
)
def test_regular_expressions_are_anchored_ignore_case_and_the_longest_written_is_tried_first(
    tour: Nginx, path: str, service: str
) -> None:
    assert tour.answers(path) == service


def test_one_regular_expression_makes_all_paths_of_its_host_such(edge: Nginx) -> None:
    edge.ingress(("/foo/bar", "Prefix", "one"), ("/foo/bar/", "Exact", "two"))
    edge.ingress(("/foo/bar/.+", "ImplementationSpecific", "three"), name="zz", annotations=REGEX)
    assert [edge.answers(f"/foo/bar{rest}") for rest in ("/1", "/", "", "baz")] == ["three", "two", "one", "one"]
    assert edge.answers("/FOO/BAR") == "one"


@pytest.mark.parametrize(
    ("path", "service"),
    [
        ("/a", "exact"),
        ("/a/", "prefix"),
        ("/a/b/c", "longer"),
        ("/ab", None),
        ("/A", None),
        ("/b", "other"),
        ("/b/c", "other"),
    ],
)
def test_without_them_exact_goes_before_the_longest_prefix_of_whole_segments(
    edge: Nginx, path: str, service: str | None
) -> None:
    edge.ingress(
        ("/a", "Prefix", "prefix"),
        ("/a/b", "Prefix", "longer"),
        ("/a", "Exact", "exact"),
        ("/b", "ImplementationSpecific", "other"),
    )
    assert edge.answers(path) == service


def test_ingresses_of_one_host_merge_and_the_oldest_keeps_a_path(edge: Nginx) -> None:
    edge.ingress(("/", "Prefix", "first"))
    edge.ingress(("/", "Prefix", "second"), ("/new", "Prefix", "second"), name="aa")
    assert (edge.answers("/"), edge.answers("/new")) == ("first", "second")
    assert len(edge.balancer.ingresses) == 2


def test_names_go_before_wildcards_of_one_label_and_those_before_any_host(edge: Nginx) -> None:
    edge.ingress(("/", "Prefix", "named"))
    edge.ingress(("/", "Prefix", "wild"), name="b", host="*.example.com")
    edge.ingress(("/", "Prefix", "anything"), name="c", host="")
    hosts = (HOST, "shop.example.com", "a.b.example.com", "example.net")
    assert [edge.answers("/", host) for host in hosts] == ["named", "wild", "anything", "anything"]


def test_an_ingress_without_rules_serves_what_no_host_does(edge: Nginx) -> None:
    edge.ingress(("/a", "Prefix", "a"))
    edge.cluster.ingress(
        "b", ingressClassName="nginx", defaultBackend={"service": {"name": "a", "port": {"number": 8000}}}
    )
    assert edge.answers("/x", "example.net") == "a"
    assert edge.answers("/x") is None


@pytest.mark.parametrize(
    ("annotations", "tls", "redirect"),
    [
        ({}, False, None),
        ({"ssl-redirect": "true"}, False, None),
        ({}, True, 308),
        ({"ssl-redirect": "false"}, True, None),
        ({"force-ssl-redirect": "true"}, False, 308),
    ],
)
def test_clients_are_redirected_to_https_where_tls_names_the_host_or_by_force(
    edge: Nginx, annotations: dict[str, str], tls: bool, redirect: int | None
) -> None:
    edge.ingress(("/", "Prefix", "web"), annotations=annotations, tls=[{"hosts": [HOST]}] if tls else [])
    assert edge.route("/").redirect == redirect


def test_annotations_say_how_pods_are_spoken_to_and_readiness_is_trusted(edge: Nginx) -> None:
    edge.ingress(("/", "Prefix", "web"), annotations={"backend-protocol": "grpc", "proxy-read-timeout": "300"})
    (backend,) = edge.balancer.backends
    assert (backend.protocol, backend.timeout, backend.health) == (Protocol.GRPC, 300, None)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("rewrite-target", "/$1"),
        ("auth-url", "https://example.com"),
        ("use-regexp", "true"),
        ("use-regex", "yes"),
        ("backend-protocol", "FCGI"),
        ("proxy-read-timeout", "60s"),
        ("proxy-read-timeout", "0"),
    ],
)
def test_an_annotation_that_is_not_simulated_is_refused_by_its_name(edge: Nginx, name: str, value: str) -> None:
    edge.ingress(("/", "Prefix", "web"), annotations={name: value})
    assert edge.result[0] == ()
    assert PREFIX + name in edge.warning()


@pytest.mark.parametrize(("path", "kind"), [("/a(.*)", "Prefix"), ("/a?", "Exact"), ("/a(", "ImplementationSpecific")])
def test_a_path_that_nginx_could_not_take_is_refused(edge: Nginx, path: str, kind: str) -> None:
    edge.ingress((path, kind, "web"), annotations=REGEX)
    assert edge.result[0] == ()
    assert path in edge.warning()


def test_a_refused_ingress_leaves_the_others_served(edge: Nginx) -> None:
    edge.ingress(("/", "Prefix", "web"), annotations={"auth-url": "x"})
    edge.ingress(("/", "Prefix", "web"), name="other", host="other.example.com")
    ((balancer,), warnings) = edge.result
    assert balancer.ingresses == (("shop", "other"),)
    assert list(warnings) == [(Kind.INGRESS, ("shop", "web"))]


def test_a_defect_met_in_one_ingress_is_told_there_and_leaves_the_others_served(edge: Nginx) -> None:
    edge.cluster.ingress("broken", ingressClassName="nginx", defaultBackend={"service": {}})
    edge.ingress(("/", "Prefix", "tour"))
    ((balancer,), warnings) = edge.result
    assert balancer.ingresses == (("shop", "web"),)
    assert "KeyError" in warnings[Kind.INGRESS, ("shop", "broken")].message


@pytest.mark.parametrize(("missing", "said"), [("service", "no Service"), ("port", 'no port "http" in Service')])
def test_what_leads_to_a_missing_service_or_port_has_no_endpoints_and_is_told(
    edge: Nginx, missing: str, said: str
) -> None:
    edge.ingress(("/", "Prefix", "web"))
    if missing == "service":
        del edge.cluster[Kind.SERVICE]["shop", "web"]
    else:
        edge.cluster.service(ports=[{"port": 80}])
    ((balancer,), _) = edge.result
    assert [backend.port_name for backend in balancer.backends] == [None]
    assert said in edge.warning()


@pytest.mark.parametrize(
    ("annotation", "field", "ours"),
    [
        (None, "nginx", True),
        ("nginx", None, True),
        ("gce", "nginx", False),
        (None, "other", False),
        (None, None, False),
    ],
)
def test_the_annotation_goes_before_the_class_field(
    edge: Nginx, annotation: str | None, field: str | None, ours: bool
) -> None:
    ingress = edge.ingress(("/", "Prefix", "web"), ingressClassName=field)
    if annotation:
        ingress["metadata"]["annotations"]["kubernetes.io/ingress.class"] = annotation
    assert bool(edge.result[0]) is ours


def test_whatever_the_component_asks_for_is_served(cluster: FakeCluster, keyring: Keyring) -> None:
    args: NginxIngressArgs = {
        "name": "web",
        "namespace": "shop",
        "hosts": [HOST],
        "routes": [Leading(path=path, service=name, port="http") for name, paths in TOUR.items() for path in paths],
        "services": {name: name for name in TOUR},
        "use_regex": True,
        "backend_protocol": "GRPC",
        "tls": [{"hosts": [HOST]}],
        "ssl_redirect": True,
        "read_timeout_seconds": 300,
        "send_timeout_seconds": 200,
    }
    asked = record(lambda: NginxIngress("i", args)).one("Ingress").inputs
    for name in TOUR:
        cluster.service(name=name, type="ClusterIP")
    cluster.add(Kind.INGRESS, "web", spec=asked["spec"], metadata=dict(asked["metadata"]))
    ((balancer,), warnings) = nginx(cluster, HostCertificates(keyring), NOW)
    assert not warnings
    assert {(each.protocol, each.timeout) for each in balancer.backends} == {(Protocol.GRPC, 300)}
    served = [each for each in balancer.routes if each.backend]
    assert [(each.path.text, each.redirect) for each in served if each.path] == [
        (f"^{path}", 308) for path in sorted((path for paths in TOUR.values() for path in paths), key=_precedence)
    ]


def _precedence(path: str) -> tuple[int, list[int]]:
    """Long before short, and among equals the last of the alphabet first."""
    return -len(path), [-ord(character) for character in path]
