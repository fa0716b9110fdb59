"""However visitors come in, the graph keeps its rules; HTTPS and certificates change in steps that nobody notices."""

import json
from functools import cache
from typing import Any

import pytest

from tests.unit.recording import CLOUD, PROJECT, Recording, record_stack

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


@pytest.mark.parametrize("name", VARIANTS)
def test_a_first_preview_needs_nothing_from_the_cloud(name: str) -> None:
    changes = {f"{PROJECT}:{key}": value for key, value in VARIANTS[name].items()}
    preview = record_stack("dev", changes, preview=True, cloud={})
    assert {each.urn for each in preview.registered} == {each.urn for each in deployed(**VARIANTS[name]).registered}


def test_what_is_not_stated_is_not_there() -> None:
    kinds = {each.type.rpartition(":")[2] for each in deployed(ingress={"sslPolicy": None}).custom}
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


def test_an_own_ssl_policy_is_named_by_ingress_and_gateway() -> None:
    for kind, where in (("ingress", "FrontendConfig"), ("gateway", "GCPGatewayPolicy")):
        graph = deployed(ingress={"kind": kind})
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


STATUS = {
    "ingress": ("kubernetes:networking.gke.io/v1:ManagedCertificate", "status", "certificateStatus", "Active"),
    "gateway": ("gcp:certificatemanager/certificate:Certificate", "managed", "state", "ACTIVE"),
}
CHANGED = {"ingress": {("FrontendConfig", "app")}, "gateway": {("HTTPRoute", "app-http")}}


def found(kind: str, *domains: str, before: tuple[str, ...] = (), active: bool = True) -> Recording:
    """A stack whose last update redirected the domains `before`, once its certificates are as they are."""
    token, output, key, state = STATUS[kind]
    cloud = {
        **CLOUD,
        token: {output: {key: state if active else "PROVISIONING"}},
        "pulumi:pulumi:StackReference": {"outputs": {"redirectedToHttps": list(before)}, "secretOutputNames": []},
    }
    config = {f"{PROJECT}:ingress": {"kind": kind}, f"{PROJECT}:domains": list(domains)}
    return record_stack("dev", config, cloud=cloud)


@pytest.mark.parametrize("kind", STATUS)
def test_the_redirect_to_https_comes_with_the_certificates_and_changes_one_object(kind: str) -> None:
    first, second = (found(kind, "app.example.com", active=active) for active in (False, True))
    assert first.outputs["redirectedToHttps"] == []
    assert second.outputs["redirectedToHttps"] == ["app.example.com"]
    assert changed(first, second) == CHANGED[kind]


@pytest.mark.parametrize("kind", STATUS)
def test_a_renewal_or_a_domain_that_is_added_does_not_end_the_redirect(kind: str) -> None:
    redirected = ("app.example.com", "new.example.com")
    after = found(kind, *redirected, before=redirected[:1], active=False)
    assert after.outputs["redirectedToHttps"] == list(redirected)


@pytest.mark.parametrize("kind", STATUS)
def test_domains_that_are_all_new_are_served_over_http_until_they_have_certificates(kind: str) -> None:
    assert found(kind, "new.example.com", before=("app.example.com",), active=False).outputs["redirectedToHttps"] == []


def test_the_last_update_is_that_of_this_very_stack() -> None:
    assert "organization/gke-webapp/dev" in deployed().read
    assert "organization/gke-webapp/dev" not in deployed(ingress={"redirectToHttps": True}).read


@pytest.mark.parametrize("kind", STATUS)
@pytest.mark.parametrize("stated", [True, False])
def test_a_stated_redirect_is_remembered_too(kind: str, stated: bool) -> None:
    graph = deployed(ingress={"kind": kind, "redirectToHttps": stated})
    assert graph.outputs["redirectedToHttps"] == (["app.example.com"] if stated else [])


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
