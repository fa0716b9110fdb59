"""A machine's port is open to the ranges that are named, and to nobody else."""

from components.firewall_rule import FirewallRule
from tests.unit import properties
from tests.unit.recording import record


def test_only_the_ports_and_ranges_that_are_named_are_open() -> None:
    recorded = record(
        lambda: FirewallRule(
            "monolith",
            {
                "name": "allow-monolith-nodeport",
                "network": "projects/example/global/networks/io",
                "ports": [31000],
                "sources": ["203.0.113.0/24"],
            },
        )
    )
    rule = recorded.one("Firewall")
    assert properties.unknown(rule.type, rule.inputs) == []
    assert rule.inputs["name"] == "allow-monolith-nodeport"
    assert rule.inputs["allows"] == [{"protocol": "tcp", "ports": ["31000"]}]
    assert rule.inputs["sourceRanges"] == ["203.0.113.0/24"]
    assert rule.inputs["direction"] == "INGRESS"
