"""What nobody has named cannot talk to the pods, nor they to it."""

import json
from typing import Any

from components.network_policy import NetworkPolicy
from settings.workload import WorkloadSettings
from tests.unit.recording import record


def policies(**settings: Any) -> dict[str, dict[str, Any]]:
    workload = WorkloadSettings.model_validate_json(json.dumps(settings))
    recorded = record(lambda: NetworkPolicy("n", {"name": "app", "namespace": "ns", "workload": workload}))
    return {each.inputs["metadata"]["name"]: each.inputs["spec"] for each in recorded.of("NetworkPolicy")}


def connections(rules: list[dict[str, Any]], end: str) -> set[tuple[str, float]]:
    """Range or namespace, and port, of every connection that is allowed."""
    found: set[tuple[str, float]] = set()
    for rule in rules:
        for peer in rule[end]:
            spaces = peer.get("namespaceSelector", {}).get("matchExpressions", [{"values": []}])[0]["values"]
            ends = [peer["ipBlock"]["cidr"]] if "ipBlock" in peer else spaces
            found |= {(each, port["port"]) for each in ends for port in rule["ports"]}
    return found


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


def test_an_app_with_roles_reaches_the_metadata_server() -> None:
    added = connections(policies(googleRoles=["roles/storage.objectViewer"])["default"]["egress"], "to") - DNS
    assert added == {("169.254.169.254/32", 80), ("169.254.169.252/32", 988)}


def test_what_the_settings_name_is_allowed() -> None:
    traffic = {
        "ingress": [{"namespace": "monitoring", "ports": [8000]}],
        "egress": [{"range": "10.20.0.0/16", "ports": [5432, 6379]}],
    }
    named = policies(traffic=traffic)
    assert connections(named["app"]["ingress"], "from") - LOAD_BALANCER == {("monitoring", 8000)}
    assert connections(named["default"]["egress"], "to") - DNS == {("10.20.0.0/16", 5432), ("10.20.0.0/16", 6379)}
