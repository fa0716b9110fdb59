"""A Gateway does what the Ingress does: every path leads to the backend, HTTPS with the hosts' certificates."""

from typing import Any

import pytest

from components.gateway import Gateway
from tests.unit.recording import Recording, record


def deployed(redirect: bool = False, ssl_policy: str | None = None) -> Recording:
    return record(
        lambda: Gateway(
            "g",
            {
                "name": "app",
                "namespace": "space",
                "backend": {"service": {"name": "service", "port": {"number": 8000}}},
                "address": "reserved",
                "certificates": "map",
                "redirect_to_https": redirect,
                "ssl_policy": ssl_policy,
            },
        )
    )


def routes(recorded: Recording) -> dict[str, Any]:
    """What each listener answers with."""
    return {
        parent["sectionName"]: each.inputs["spec"]["rules"]
        for each in recorded.of("HTTPRoute")
        for parent in each.inputs["spec"]["parentRefs"]
    }


TO_BACKEND = [{"backendRefs": [{"name": "service", "port": 8000}]}]


def test_the_reserved_address_is_named() -> None:
    spec = deployed().one("Gateway").inputs["spec"]
    assert spec["addresses"] == [{"type": "NamedAddress", "value": "reserved"}]


def test_the_certificate_map_is_named_and_no_listener_names_another_certificate() -> None:
    gateway = deployed().one("Gateway").inputs
    assert gateway["metadata"]["annotations"] == {"networking.gke.io/certmap": "map"}
    assert not [listener for listener in gateway["spec"]["listeners"] if "tls" in listener]


def test_at_first_http_and_https_lead_to_the_backend() -> None:
    assert routes(deployed()) == {"http": TO_BACKEND, "https": TO_BACKEND}


def test_http_is_redirected_only_when_the_stack_says_so() -> None:
    redirect = {"type": "RequestRedirect", "requestRedirect": {"scheme": "https", "statusCode": 301}}
    assert routes(deployed(redirect=True)) == {"http": [{"filters": [redirect]}], "https": TO_BACKEND}


@pytest.mark.parametrize("redirect", [True, False])
def test_routes_go_before_their_gateway(redirect: bool) -> None:
    recorded = deployed(redirect)
    gateway = recorded.one("Gateway")
    for each in recorded.of("HTTPRoute"):
        assert each.urn in recorded.deleted_before(gateway)


def test_without_an_ssl_policy_there_is_no_policy() -> None:
    assert deployed().of("GCPGatewayPolicy") == []


def test_the_ssl_policy_is_there_before_the_gateway_and_goes_after_it() -> None:
    recorded = deployed(ssl_policy="strict")
    policy, gateway = recorded.one("GCPGatewayPolicy"), recorded.one("Gateway")
    target = {"group": "gateway.networking.k8s.io", "kind": "Gateway", "name": gateway.inputs["metadata"]["name"]}
    assert policy.inputs["spec"] == {"default": {"sslPolicy": "strict"}, "targetRef": target}
    assert gateway.urn in recorded.deleted_before(policy)


def test_the_gateway_has_half_an_hour_to_go() -> None:
    assert deployed().one("Gateway").request.customTimeouts.delete == "30m"
