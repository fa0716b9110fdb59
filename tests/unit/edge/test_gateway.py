"""Gateways become load balancers whole, or not at all."""

import json
from pathlib import Path
from typing import Any

import pytest

from components.gateway import Gateway, GatewayArgs
from components.gateway_backend import GatewayBackend
from sandbox.edge.address import Addresses
from sandbox.edge.certificate_manager import ENTRY, MAP
from sandbox.edge.events import Warnings
from sandbox.edge.gateway import CLASS, FINALIZER, gateways
from sandbox.edge.keyring import Keyring
from sandbox.edge.model import Affinity, HealthCheck, How, LoadBalancer, Manner, Match, Protocol
from sandbox.edge.objects import Kind, Object
from sandbox.edge.tls import HostCertificates
from settings.backend import BackendSettings
from settings.route import Route
from settings.workload import WorkloadSettings
from tests.unit.edge.conftest import NOW
from tests.unit.edge.fakes import FakeCluster
from tests.unit.recording import record

WEB = ("shop", "web")
MAPS = "projects/p/locations/global/certificateMaps/certs"
GOOGLE: dict[str, Any] = {
    "projects/p/global/addresses/reserved": {
        "type": "gcp:compute/globalAddress:GlobalAddress",
        "name": "reserved",
        "address": "127.45.0.1",
    },
    "projects/p/global/sslPolicies/strict": {
        "type": "gcp:compute/sSLPolicy:SSLPolicy",
        "name": "strict",
        "properties": {"profile": "RESTRICTED", "minTlsVersion": "TLS_1_2"},
    },
    MAPS: {"type": MAP, "name": "certs"},
    f"{MAPS}/certificateMapEntries/e": {"type": ENTRY, "properties": {"hostname": "shop.example.com"}},
}
HTTP = {"name": "http", "protocol": "HTTP", "port": 80}
HTTPS = {"name": "https", "protocol": "HTTPS", "port": 443}
TO_WEB = [{"name": "web", "port": 8000}]
TO_HTTPS = {"type": "RequestRedirect", "requestRedirect": {"scheme": "https", "statusCode": 301}}


class Gke:
    """The Gateway controller on a fake cluster with a Gateway, a route of everything and a Service."""

    def __init__(self, cluster: FakeCluster, keyring: Keyring) -> None:
        self.cluster = cluster
        self.certificates = HostCertificates(keyring)
        cluster.service(type="ClusterIP")
        self.gateway()
        self.route({"backendRefs": TO_WEB})

    def gateway(self, *listeners: Object, name: str = "web", certificates: str = "certs", **spec: Any) -> None:
        metadata = {"annotations": {"networking.gke.io/certmap": certificates}, "finalizers": [FINALIZER]}
        spec = {
            "gatewayClassName": CLASS,
            "addresses": [{"type": "NamedAddress", "value": "reserved"}],
            "listeners": list(listeners or (HTTP, HTTPS)),
            **spec,
        }
        self.cluster.add(Kind.GATEWAY, name, spec=spec, metadata=metadata)

    def route(self, *rules: Object, name: str = "web", sections: tuple[str, ...] = (), **spec: Any) -> None:
        parents = [{"name": "web", "sectionName": section} for section in sections] or [{"name": "web"}]
        self.cluster.add(Kind.HTTP_ROUTE, name, spec={"parentRefs": parents, "rules": list(rules), **spec})

    def policy(self, kind: Kind, service: str = "web", **default: Any) -> None:
        target = {"group": "", "kind": "Service", "name": service}
        self.cluster.add(kind, f"{service}-policy", spec={"default": default, "targetRef": target})

    def result(self, *previous: LoadBalancer) -> tuple[tuple[LoadBalancer, ...], Warnings]:
        addresses = Addresses()
        addresses.see(self.cluster, GOOGLE)
        before = {balancer.name: balancer for balancer in previous}
        return gateways(self.cluster, addresses, GOOGLE, self.certificates, before, NOW)

    @property
    def balancer(self) -> LoadBalancer:
        ((balancer,), warnings) = self.result()
        assert not warnings
        return balancer

    @property
    def refusal(self) -> str:
        """Why the Gateway is not served at all."""
        balancers, warnings = self.result()
        assert not balancers
        return warnings[Kind.GATEWAY, WEB].message


@pytest.fixture
def gke(cluster: FakeCluster, keyring: Keyring) -> Gke:
    return Gke(cluster, keyring)


def test_a_gateway_is_served_on_its_address_with_the_certificates_of_its_map(gke: Gke) -> None:
    balancer = gke.balancer
    assert (balancer.ingresses, balancer.manner) == ((WEB,), Manner.GATEWAY)
    assert balancer.listeners == (("127.45.0.1", 80), ("127.45.0.1", 443))
    assert [Path(file).name.startswith("host-shop.example.com") for file in balancer.certificates] == [True]
    assert [(route.path, route.redirect) for route in balancer.routes if route.backend] == [(None, None)]


def test_gateways_of_other_classes_or_without_our_finalizer_are_not_ours(gke: Gke) -> None:
    gke.gateway(gatewayClassName="istio")
    assert gke.result() == ((), {})
    gke.gateway()
    gke.cluster[Kind.GATEWAY][WEB]["metadata"]["finalizers"] = []
    assert gke.result() == ((), {})


def test_http_is_redirected_when_its_listener_has_the_redirecting_route(gke: Gke) -> None:
    gke.route({"backendRefs": TO_WEB}, sections=("https",))
    gke.route({"filters": [TO_HTTPS]}, name="redirect", sections=("http",))
    assert {route.redirect for route in gke.balancer.routes} == {301}


def test_without_an_https_listener_there_is_no_https(gke: Gke) -> None:
    gke.gateway(HTTP, certificates="none")
    assert gke.balancer.listeners == (("127.45.0.1", 80),)


def test_narrow_paths_go_before_wide_ones_and_prefixes_match_whole_segments(gke: Gke) -> None:
    matches = [{"path": {"value": "/api"}}, {"path": {"type": "Exact", "value": "/api/v1"}}]
    gke.route({"matches": matches, "backendRefs": TO_WEB}, hostnames=["shop.example.com"])
    routes = [(route.host, route.path) for route in gke.balancer.routes]
    host = Match(How.EQUAL, "shop.example.com")
    assert routes == [
        (host, Match(How.EQUAL, "/api/v1")),
        (host, Match(How.EQUAL, "/api")),
        (host, Match(How.START, "/api/")),
        (host, None),
        (None, None),
    ]


def test_a_route_of_another_gateway_or_namespace_is_not_attached(gke: Gke) -> None:
    del gke.cluster[Kind.HTTP_ROUTE][WEB]
    gke.route({"backendRefs": TO_WEB}, name="other", parentRefs=[{"name": "other"}])
    gke.route({"backendRefs": TO_WEB}, name="far", parentRefs=[{"name": "web", "namespace": "far"}])
    assert not gke.balancer.backends


def test_without_policies_the_backend_is_as_google_has_it(gke: Gke) -> None:
    (backend,) = gke.balancer.backends
    assert (backend.health, backend.timeout, backend.drain, backend.log_rate) == (HealthCheck(), 30, 0, 0)


def test_policies_say_what_is_asked_and_done(gke: Gke) -> None:
    asked = {"type": "HTTP", "httpHealthCheck": {"requestPath": "/ping", "port": 9000}}
    gke.policy(Kind.HEALTH_CHECK_POLICY, config=asked, checkIntervalSec=5, timeoutSec=2, unhealthyThreshold=3)
    gke.policy(
        Kind.BACKEND_POLICY,
        timeoutSec=60,
        connectionDraining={"drainingTimeoutSec": 7},
        logging={"enabled": True, "sampleRate": 500_000},
        sessionAffinity={"type": "GENERATED_COOKIE", "cookieTtlSec": 60},
    )
    (backend,) = gke.balancer.backends
    assert backend.health == HealthCheck(path="/ping", port=9000, interval=5, timeout=2, unhealthy=3)
    assert (backend.timeout, backend.drain, backend.log_rate) == (60, 7, 0.5)
    assert (backend.affinity, backend.cookie_age) == (Affinity.GENERATED_COOKIE, 60)


@pytest.mark.parametrize(
    ("stated", "spoken"),
    [({}, Protocol.HTTP), ({"appProtocol": "HTTPS"}, Protocol.HTTPS), ({"appProtocol": "HTTP2"}, Protocol.GRPCS)],
)
def test_pods_are_spoken_to_as_their_services_port_says(gke: Gke, stated: dict[str, str], spoken: Protocol) -> None:
    gke.cluster.service(type="ClusterIP", ports=[{"name": "http", "port": 8000, **stated}])
    assert gke.balancer.backends[0].protocol is spoken


def test_http_2_in_cleartext_is_refused_as_gke_does_not_take_it(gke: Gke) -> None:
    gke.cluster.service(type="ClusterIP", ports=[{"name": "http", "port": 8000, "appProtocol": "kubernetes.io/h2c"}])
    assert "appProtocol kubernetes.io/h2c of port 8000" in gke.refusal


def test_a_grpc_server_is_asked_for_its_health(gke: Gke) -> None:
    asked = {"type": "GRPC", "grpcHealthCheck": {"port": 9000, "grpcServiceName": "shop.v1.Cart"}}
    gke.policy(Kind.HEALTH_CHECK_POLICY, config=asked, timeoutSec=2)
    assert gke.balancer.backends[0].health == HealthCheck(port=9000, grpc_service="shop.v1.Cart", timeout=2)


@pytest.mark.parametrize(
    "config",
    [
        {"type": "HTTP2", "http2HealthCheck": {}},
        {"type": "GRPC", "grpcHealthCheck": {"portName": "grpc"}},
        {"type": "GRPC", "grpcHealthCheck": {"grpcServiceName": "x" * 126}},
    ],
)
def test_a_health_check_that_is_not_simulated_is_refused(gke: Gke, config: dict[str, Any]) -> None:
    gke.policy(Kind.HEALTH_CHECK_POLICY, config=config)
    assert "HealthCheckPolicy" in gke.refusal


def test_policies_of_other_services_do_not_count(gke: Gke) -> None:
    gke.policy(Kind.BACKEND_POLICY, service="other", timeoutSec=60)
    assert gke.balancer.backends[0].timeout == 30


@pytest.mark.parametrize(
    ("spec", "reason"),
    [
        ({"addresses": [{"type": "NamedAddress", "value": "gone"}]}, "the static address gone does not exist"),
        ({"addresses": []}, "exactly one address"),
        ({"listeners": [{**HTTP, "port": 8080}]}, "served here are HTTP on 80"),
        ({"certificates": "gone"}, "gone of annotation networking.gke.io/certmap does not exist"),
    ],
)
def test_a_gateway_that_cannot_be_served_says_why(gke: Gke, spec: dict[str, Any], reason: str) -> None:
    gke.gateway(**spec)
    assert reason in gke.refusal


@pytest.mark.parametrize(
    ("rule", "reason"),
    [
        ({"backendRefs": [{"name": "gone", "port": 80}]}, "no port 80 of a Service shop/gone"),
        ({"backendRefs": [*TO_WEB, *TO_WEB]}, "exactly one Service"),
        ({"backendRefs": [{**TO_WEB[0], "namespace": "far"}]}, "in the route's own namespace"),
        ({"backendRefs": [{**TO_WEB[0], "kind": "ServiceImport"}]}, "leads here to a Service"),
        ({"backendRefs": [{**TO_WEB[0], "group": "net.gke.io"}]}, "leads here to a Service"),
        ({"backendRefs": [{**TO_WEB[0], "weight": 0}]}, "a weight above 0"),
        ({"backendRefs": [{"name": "web"}]}, "no port None of a Service shop/web"),
        ({"matches": [{"method": "GET"}], "backendRefs": TO_WEB}, "by host and path alone"),
        ({"matches": [{"path": {"type": "RegularExpression", "value": "/a"}}], "backendRefs": TO_WEB}, "Regular"),
        ({"filters": [{"type": "URLRewrite", "urlRewrite": {}}]}, "only a redirect to HTTPS"),
        ({"filters": [TO_HTTPS]}, "redirected to itself"),
    ],
)
def test_a_route_that_cannot_be_served_is_told_at_its_gateway(gke: Gke, rule: Object, reason: str) -> None:
    gke.route(rule)
    assert reason in gke.refusal


def test_http_that_differs_from_https_is_refused_and_not_half_served(gke: Gke) -> None:
    gke.route({"matches": [{"path": {"value": "/only"}}], "backendRefs": TO_WEB}, name="http", sections=("http",))
    assert "HTTP answers here as HTTPS does" in gke.refusal


def test_what_the_api_server_fills_in_of_a_reference_is_no_difference(gke: Gke) -> None:
    gke.route({"backendRefs": [{**TO_WEB[0], "group": "", "kind": "Service", "namespace": "shop", "weight": 1}]})
    assert gke.balancer.backends


def test_a_defect_met_in_one_gateway_is_told_there_and_leaves_the_others_served(gke: Gke) -> None:
    gke.cluster[Kind.GATEWAY].clear()
    gke.gateway({"name": "http"}, name="broken")
    gke.gateway()
    balancers, warnings = gke.result()
    assert [balancer.ingresses for balancer in balancers] == [(WEB,)]
    assert "KeyError" in warnings[Kind.GATEWAY, ("shop", "broken")].message


def test_a_gateway_that_breaks_stays_as_it_was(gke: Gke) -> None:
    before = gke.balancer
    del gke.cluster[Kind.SERVICE][WEB]
    balancers, warnings = gke.result(before)
    assert balancers == (before,)
    assert list(warnings) == [(Kind.GATEWAY, WEB)]


@pytest.mark.parametrize("redirect", [False, True])
def test_whatever_the_components_ask_for_is_served(cluster: FakeCluster, keyring: Keyring, redirect: bool) -> None:
    workload = WorkloadSettings.model_validate({"healthPath": "/ping", "port": 8000, "drainSeconds": 7})
    treatment = BackendSettings.model_validate({"timeoutSeconds": 60, "logging": {"sampleRate": 0.5}})

    def program() -> None:
        backend = GatewayBackend(
            "b", {"name": "web", "namespace": "shop", "selector": {}, "workload": workload, "treatment": treatment}
        )
        args: GatewayArgs = {
            "name": "web",
            "namespace": "shop",
            "routes": [Route(path="/", path_type="Prefix", service="web", port=backend.port)],
            "services": {"web": backend.name},
            "address": "reserved",
            "certificates": "certs",
            "redirect_to_https": redirect,
            "ssl_policy": "strict",
        }
        Gateway("g", args)

    gke = Gke(cluster, keyring)
    kinds = {kind.value[1]: kind for kind in Kind}
    for each in record(program).custom:
        # Numbers come back from the engine as floats.
        asked: Any = json.loads(json.dumps(each.inputs), parse_float=lambda text: int(float(text)))
        if kind := kinds.get(asked["kind"]):
            metadata: dict[str, Any] = {"finalizers": [FINALIZER], **asked["metadata"]}
            cluster.add(kind, metadata["name"], spec=asked["spec"], metadata=metadata)
    balancer = gke.balancer
    (backend,) = balancer.backends
    assert backend.health == HealthCheck(path="/ping", port=8000, interval=5, timeout=2, unhealthy=3)
    assert (backend.timeout, backend.drain, backend.log_rate) == (60, 7, 0.5)
    assert {route.redirect for route in balancer.routes if route.backend} == {301 if redirect else None}
    assert balancer.tls and (balancer.tls.min_version, "ECDHE-ECDSA-AES128-SHA" in balancer.tls.ciphers) == (
        "1.2",
        False,
    )


def test_without_a_policy_for_it_a_gateway_speaks_what_google_does_by_itself(
    cluster: FakeCluster, keyring: Keyring
) -> None:
    tls = Gke(cluster, keyring).balancer.tls
    assert tls and tls.min_version == "1.0"


def test_an_ssl_policy_that_does_not_exist_is_refused(cluster: FakeCluster, keyring: Keyring) -> None:
    gke = Gke(cluster, keyring)
    target = {"group": "gateway.networking.k8s.io", "kind": "Gateway", "name": "web"}
    cluster.add(Kind.GATEWAY_POLICY, "web", spec={"targetRef": target, "default": {"sslPolicy": "missing"}})
    balancers, warnings = gke.result()
    assert not balancers
    assert "the SSL policy missing does not exist" in warnings[Kind.GATEWAY, WEB].message
