"""A Gateway leads hosts and paths to Services, HTTPS with the hosts' certificates."""

from collections.abc import Sequence
from typing import Any

import pulumi
import pytest

from components.gateway import Gateway, GatewayArgs
from settings.route import Route
from tests.unit.recording import Recording, record

ALL = Route(path="/", path_type="Prefix", service="app", port=8000)


def deployed(
    redirect: bool = False,
    ssl_policy: str | None = None,
    routes: Sequence[Route] = (ALL,),
    hosts: Sequence[str] | None = None,
) -> Recording:
    args: GatewayArgs = {
        "name": "app",
        "namespace": "space",
        "routes": routes,
        "services": {"app": "service", "api": "api-service"},
        "address": "reserved",
        "certificates": "map",
        "redirect_to_https": redirect,
        "ssl_policy": ssl_policy,
    }
    if hosts:
        args["hosts"] = hosts
    return record(lambda: Gateway("g", args))


def refusal(*routes: Route) -> str:
    with pytest.raises(pulumi.RunError) as error:
        deployed(routes=routes)
    return str(error.value)


def routes(recorded: Recording) -> dict[str, Any]:
    """What each listener answers with."""
    return {
        parent["sectionName"]: each.inputs["spec"]["rules"]
        for each in recorded.of("HTTPRoute")
        for parent in each.inputs["spec"]["parentRefs"]
    }


TO_SERVICE = {"name": "service", "port": 8000}
TO_BACKEND = [{"matches": [{"path": {"type": "PathPrefix", "value": "/"}}], "backendRefs": [TO_SERVICE]}]


def test_http_is_redirected_when_it_is_asked_for() -> None:
    redirect = {"type": "RequestRedirect", "requestRedirect": {"scheme": "https", "statusCode": 301}}
    assert routes(deployed(redirect=True)) == {"http": [{"filters": [redirect]}], "https": TO_BACKEND}


def test_each_service_has_one_rule_with_all_of_its_paths() -> None:
    prefix = Route(path="/api/v1", path_type="Prefix", service="api", port=3000)
    exact = Route(path="/health", path_type="Exact", service="api", port=3000)
    rules = routes(deployed(routes=[prefix, ALL, exact]))["https"]
    paths = [{"path": {"type": "PathPrefix", "value": "/api/v1"}}, {"path": {"type": "Exact", "value": "/health"}}]
    to_api = {"matches": paths, "backendRefs": [{"name": "api-service", "port": 3000}]}
    assert sorted(rules, key=str) == sorted([to_api, *TO_BACKEND], key=str)


def test_named_hosts_alone_have_the_routes_and_all_are_redirected() -> None:
    specs = [each.inputs["spec"] for each in deployed(redirect=True, hosts=["a.example.com"]).of("HTTPRoute")]
    assert [each.get("hostnames") for each in specs] == [["a.example.com"], None]


def test_a_route_that_gke_would_refuse_or_that_leads_nowhere_is_refused() -> None:
    assert "it cannot express /a/.*/b (to app)" in refusal(ALL, Route(path="/a/.*/b", service="app", port=8000))
    stray = Route(path="/x", path_type="Prefix", service="web", port=8000)
    assert "routes lead to web, and there is no such Service" in refusal(ALL, stray)


@pytest.mark.parametrize("redirect", [True, False])
def test_routes_go_before_their_gateway(redirect: bool) -> None:
    recorded = deployed(redirect)
    gateway = recorded.one("Gateway")
    for each in recorded.of("HTTPRoute"):
        assert each.urn in recorded.deleted_before(gateway)


def test_the_ssl_policy_is_there_before_the_gateway_and_goes_after_it() -> None:
    recorded = deployed(ssl_policy="strict")
    policy, gateway = recorded.one("GCPGatewayPolicy"), recorded.one("Gateway")
    target = {"group": "gateway.networking.k8s.io", "kind": "Gateway", "name": gateway.inputs["metadata"]["name"]}
    assert policy.inputs["spec"] == {"default": {"sslPolicy": "strict"}, "targetRef": target}
    assert gateway.urn in recorded.deleted_before(policy)
