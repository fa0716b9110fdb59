"""What nobody has named cannot talk to the pods, nor they to it."""

import json
from typing import Any

import pulumi
import pytest

from components.network_policy import NetworkPolicy
from settings.workload import WorkloadSettings
from tests.unit.recording import record


def policies(**settings: Any) -> dict[str, dict[str, Any]]:
    return together({"app": settings})


def together(workloads: dict[str, dict[str, Any]], **connections: list[str]) -> dict[str, dict[str, Any]]:
    models = {name: WorkloadSettings.model_validate_json(json.dumps(stated)) for name, stated in workloads.items()}
    recorded = record(lambda: NetworkPolicy("n", {"namespace": "ns", "workloads": models, "connections": connections}))
    return {each.inputs["metadata"]["name"]: each.inputs["spec"] for each in recorded.of("NetworkPolicy")}


def connections(rules: list[dict[str, Any]], end: str) -> set[tuple[str, float]]:
    """Range, namespace or name of the pods, and port, of every connection that is allowed."""
    found: set[tuple[str, float]] = set()
    for rule in rules:
        for peer in rule[end]:
            spaces = peer.get("namespaceSelector", {}).get("matchExpressions", [{"values": []}])[0]["values"]
            ends = [peer["ipBlock"]["cidr"]] if "ipBlock" in peer else spaces or names(peer["podSelector"])
            found |= {(each, port["port"]) for each in ends for port in rule["ports"]}
    return found


def names(selector: dict[str, Any]) -> list[str]:
    """The workloads and jobs that a pod selector means."""
    if "matchLabels" in selector:
        return list(selector["matchLabels"].values())
    return selector["matchExpressions"][0]["values"]


LOAD_BALANCER = {("35.191.0.0/16", 8000), ("130.211.0.0/22", 8000)}
DNS = {("kube-system", 53), ("169.254.20.10/32", 53), ("169.254.169.254/32", 53)}


def test_all_pods_of_the_namespace_are_denied_what_no_rule_allows() -> None:
    assert policies()["default"]["podSelector"] == {}
    assert policies()["default"]["policyTypes"] == ["Ingress", "Egress"]
    assert "ingress" not in policies()["default"]


def test_only_the_load_balancer_reaches_the_pods_that_serve() -> None:
    assert policies()["app"]["podSelector"] == {"matchLabels": {"app.kubernetes.io/name": "app"}}
    assert connections(policies()["app"]["ingress"], "from") == LOAD_BALANCER


def test_pods_reach_only_dns() -> None:
    assert connections(policies()["default"]["egress"], "to") == DNS


def test_metrics_are_open_to_managed_prometheus_alone() -> None:
    added = connections(policies(metricsPort=9090)["app"]["ingress"], "from") - LOAD_BALANCER
    assert added == {("gke-gmp-system", 9090), ("gmp-system", 9090)}


def test_an_app_with_roles_reaches_the_metadata_server_and_google_s_apis() -> None:
    allowed = connections(policies(googleRoles=["roles/storage.objectViewer"])["app-egress"]["egress"], "to")
    assert allowed == {("169.254.169.254/32", 80), ("169.254.169.252/32", 988), ("199.36.153.8/30", 443)}


def test_what_the_settings_name_is_allowed() -> None:
    traffic = {
        "ingress": [{"namespace": "monitoring", "ports": [8000]}],
        "egress": [{"range": "10.20.0.0/16", "ports": [5432, 6379]}],
    }
    named = policies(traffic=traffic)
    assert connections(named["app"]["ingress"], "from") - LOAD_BALANCER == {("monitoring", 8000)}
    assert connections(named["app-egress"]["egress"], "to") == {("10.20.0.0/16", 5432), ("10.20.0.0/16", 6379)}


def test_jobs_reach_what_the_app_reaches_and_nobody_reaches_jobs() -> None:
    stated = {
        "migration": {"command": ["migrate"]},
        "cronJobs": {"report": {"command": ["report"], "schedule": "@daily"}},
        "traffic": {"egress": [{"range": "10.20.0.0/16", "ports": [5432]}]},
    }
    assert names(policies(**stated)["app-egress"]["podSelector"]) == ["app", "app-migration", "app-report"]
    assert names(policies(**stated)["app"]["podSelector"]) == ["app"]


@pytest.mark.parametrize(
    ("exposure", "visitors"),
    [
        ("google", LOAD_BALANCER),
        ("nginx", {("ingress-nginx", 8000)}),
        ("anywhere", {("0.0.0.0/0", 8000)}),
        ("none", set[tuple[str, int]]()),
    ],
)
def test_visitors_come_the_way_that_the_workload_states(exposure: str, visitors: set[tuple[str, float]]) -> None:
    assert connections(policies(traffic={"exposure": exposure})["app"]["ingress"], "from") == visitors


def test_visitors_come_to_the_port_of_a_sidecar_when_that_is_the_exposed_one() -> None:
    stated = {
        "sidecars": {"tls": {"image": "example.com/nginx:1.27", "ports": {"https": 443}}},
        "traffic": {"exposure": "anywhere", "exposedPorts": ["https"]},
    }
    assert connections(policies(**stated)["app"]["ingress"], "from") == {("0.0.0.0/0", 443)}


NOWHERE = {"traffic": {"exposure": "none"}}


def test_a_connection_is_open_at_both_of_its_ends_and_to_nobody_else() -> None:
    stated = {"frontend": NOWHERE, "auth": {**NOWHERE, "port": 8080}, "hello": {**NOWHERE, "port": 8081}}
    made = together(stated, frontend=["auth", "hello"])
    assert connections(made["frontend-egress"]["egress"], "to") == {("auth", 8080), ("hello", 8081)}
    assert connections(made["auth"]["ingress"], "from") == {("frontend", 8080)}
    assert connections(made["frontend"]["ingress"], "from") == set()
    assert "auth-egress" not in made


def test_a_connection_with_a_workload_that_there_is_none_of_is_refused() -> None:
    with pytest.raises(pulumi.RunError, match=r"with fronted, .* Name one of frontend, auth"):
        together({"frontend": NOWHERE, "auth": NOWHERE}, fronted=["auth"])
