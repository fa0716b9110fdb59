"""However visitors come in, the graph keeps its rules; HTTPS and certificates change in steps that nobody notices."""

import json
from functools import cache
from typing import Any

import pytest

from tests.unit import properties
from tests.unit.recording import CANARY, PROJECT, Recording, record_stack

EVERYTHING = {
    "timeoutSeconds": 60,
    "logging": {"sampleRate": 0.1},
    "securityPolicy": "shield",
    "sessionAffinity": {"type": "CLIENT_IP"},
}

VARIANTS: dict[str, dict[str, Any]] = {
    "cached": {"ingress": {"backend": {**EVERYTHING, "cdn": {}}, "sslPolicy": {"existing": "strict"}}},
    "guarded": {"ingress": {"backend": {"iap": {"oauthSecret": "oauth"}}, "sslPolicy": {"profile": "RESTRICTED"}}},
    "named": {"dns": {"zone": "example-com", "caa": True}},
    "gateway": {"ingress": {"kind": "gateway"}},
    "gateway, named": {"ingress": {"kind": "gateway", "redirectToHttps": True}, "dns": {"zone": "example-com"}},
    "gateway, guarded": {
        "ingress": {"kind": "gateway", "sslPolicy": {}, "backend": {**EVERYTHING, "iap": {}}},
        "domains": ["app.example.com", "example.com"],
    },
}
GATEWAYS = [name for name in VARIANTS if name.startswith("gateway")]


def deployed(**changes: Any) -> Recording:
    return _recorded(json.dumps(changes))


@cache
def _recorded(changes: str) -> Recording:
    return record_stack("dev", {f"{PROJECT}:{key}": value for key, value in json.loads(changes).items()})


@pytest.fixture(params=VARIANTS)
def variant(request: pytest.FixtureRequest) -> Recording:
    return deployed(**VARIANTS[request.param])


@pytest.fixture(params=GATEWAYS)
def gateway(request: pytest.FixtureRequest) -> Recording:
    return deployed(**VARIANTS[request.param])


def changed(before: Recording, after: Recording) -> set[tuple[str, str]]:
    """Kind and name of what is in only one of two graphs, or differs."""
    graphs = [{each.urn: each for each in one.custom} for one in (before, after)]
    return {
        (each.type.rpartition(":")[2], each.name)
        for urn, each in {**graphs[0], **graphs[1]}.items()
        if not all(urn in graph for graph in graphs) or graphs[0][urn].inputs != graphs[1][urn].inputs
    }


def test_every_resource_has_a_provider_a_component_its_api_s_names_and_goes_before_its_successor(
    variant: Recording,
) -> None:
    for each in variant.custom:
        assert each.provider, each.urn
        assert each.request.parent.split("::")[2].startswith(f"{PROJECT}:"), each.urn
        assert each.request.deleteBeforeReplace or not each.inputs.get("name"), each.urn
        if not any(group in each.type for group in properties.DECLARED_BY_CRD):
            assert properties.unknown(each.type, each.inputs) == [], each.urn
        else:
            assert "_" not in "".join(_keys(each.inputs)), each.urn


def test_no_secret_is_sent_in_plain(variant: Recording) -> None:
    assert CANARY not in str([*(each.sealed for each in variant.registered), variant.outputs])


@pytest.mark.parametrize("name", VARIANTS)
def test_a_first_preview_needs_nothing_from_the_cloud(name: str) -> None:
    changes = {f"{PROJECT}:{key}": value for key, value in VARIANTS[name].items()}
    preview = record_stack("dev", changes, preview=True, cloud={})
    assert {each.urn for each in preview.registered} == {each.urn for each in deployed(**VARIANTS[name]).registered}


def test_what_is_not_stated_is_not_there() -> None:
    kinds = {each.type.rpartition(":")[2] for each in deployed().custom}
    assert not kinds & {"SSLPolicy", "Gateway", "HTTPRoute", "CertificateMap", "GCPBackendPolicy"}


def test_a_gateway_takes_the_place_of_ingress_and_managed_certificates(gateway: Recording) -> None:
    for kind in ("Ingress", "FrontendConfig", "BackendConfig", "ManagedCertificate"):
        assert gateway.of(kind) == []
    assert gateway.outputs["kubectl"].endswith(" get gateway")


def test_the_gateway_is_gone_before_all_that_it_uses(gateway: Recording) -> None:
    urn = gateway.one("Gateway").urn
    kinds = ("GlobalAddress", "CertificateMap", "SSLPolicy", "Network", "Subnetwork", "RouterNat", "NodePool")
    for kind in kinds:
        for each in gateway.of(kind):
            assert urn in gateway.deleted_before(each), f"{each.urn} would be deleted under the load balancer"


def test_the_routes_lead_to_the_service_of_the_pods(gateway: Recording) -> None:
    service, deployment = gateway.one("Service").inputs, gateway.one("Deployment").inputs
    named = {
        backend["name"]
        for each in gateway.of("HTTPRoute")
        for rule in each.inputs["spec"]["rules"]
        for backend in rule.get("backendRefs", ())
    }
    assert named == {service["metadata"]["name"]}
    assert service["spec"]["selector"].items() <= deployment["spec"]["template"]["metadata"]["labels"].items()


def test_the_health_path_is_that_of_the_readiness_probe(gateway: Recording) -> None:
    asked = gateway.one("HealthCheckPolicy").inputs["spec"]["default"]["config"]["httpHealthCheck"]
    (container,) = gateway.one("Deployment").inputs["spec"]["template"]["spec"]["containers"]
    assert {"path": asked["requestPath"], "port": asked["port"]} == container["readinessProbe"]["httpGet"]


def test_a_new_cluster_always_knows_the_gateway_api() -> None:
    assert deployed().one("Cluster").inputs["gatewayApiConfig"] == {"channel": "CHANNEL_STANDARD"}


def test_an_own_ssl_policy_is_named_by_ingress_and_gateway() -> None:
    for kind, where in (("ingress", "FrontendConfig"), ("gateway", "GCPGatewayPolicy")):
        graph = deployed(ingress={"kind": kind, "sslPolicy": {}})
        spec = graph.one(where).inputs["spec"]
        assert spec.get("default", spec)["sslPolicy"] == graph.one("SSLPolicy").inputs["name"]


def test_nothing_of_the_ingress_has_the_name_of_something_of_the_gateway() -> None:
    def named(graph: Recording) -> set[tuple[str, str]]:
        urns = {each.urn for each in deployed(workload={"replicas": 2}).custom}
        both = urns & {each.urn for each in deployed(ingress={"kind": "gateway"}).custom}
        return {
            (each.type, each.inputs["metadata"]["name"])
            for each in graph.custom
            if each.urn not in both and "metadata" in each.inputs
        }

    assert not named(deployed()) & named(deployed(ingress={"kind": "gateway"})), "for a while both are there"


def test_https_comes_in_two_steps_and_the_second_changes_one_object_of_an_ingress() -> None:
    first, second = deployed(), deployed(ingress={"redirectToHttps": True})
    assert first.one("FrontendConfig").inputs["spec"]["redirectToHttps"] == {"enabled": False}
    assert len(first.of("ManagedCertificate")) == 1, "certificates are asked for in the first step"
    assert changed(first, second) == {("FrontendConfig", "app")}


def test_https_comes_in_two_steps_and_the_second_changes_the_routes_of_a_gateway() -> None:
    first, second = (deployed(ingress={"kind": "gateway", "redirectToHttps": on}) for on in (False, True))
    assert len(first.of("Certificate")) == 1, "certificates are asked for in the first step"
    assert changed(first, second) == {("HTTPRoute", "app"), ("HTTPRoute", "app-redirect")}


@pytest.mark.parametrize(("kind", "certificate"), [("ingress", "ManagedCertificate"), ("gateway", "Certificate")])
def test_a_domain_that_comes_or_goes_leaves_the_certificate_of_the_other_alone(kind: str, certificate: str) -> None:
    one, both = (
        deployed(ingress={"kind": kind}, domains=domains)
        for domains in (["app.example.com"], ["app.example.com", "new.example.com"])
    )
    touched = {name for of, name in changed(one, both) if of in (certificate, "CertificateMapEntry")}
    assert touched == {"new.example.com"}


def test_a_domain_is_exchanged_without_a_moment_without_certificate() -> None:
    steps = [["old.example.com"], ["new.example.com", "old.example.com"], ["new.example.com"]]
    first, second, third = (deployed(domains=domains) for domains in steps)
    assert "old.example.com" not in {name for kind, name in changed(first, second) if kind == "ManagedCertificate"}
    assert "new.example.com" not in {name for kind, name in changed(second, third) if kind == "ManagedCertificate"}


def _keys(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [*value, *(key for item in value.values() for key in _keys(item))]
    return [key for item in value for key in _keys(item)] if isinstance(value, list) else []
