"""What the rules say of the stacks of this repository."""

import json
from typing import Any

import pytest

from policy.rules import RULES
from policy.rules.rule import Resource, Rule
from tests.unit.conftest import STACKS, recorded
from tests.unit.recording import PROJECT, REPOSITORY, Recording, record_stack

ACCEPTED = {
    "gke-secrets-encryption": "a key of one's own costs money and care; a stack file may name one",
    "network-flow-logs": "charged by volume; worth it where an incident has to be investigated",
    "gke-deletion-protection": "dev and staging are made to be thrown away",
    "workload-replicas": "one pod is enough for dev",
    "workload-disruption-budget": "with one pod a budget would only hold up maintenance",
}
"""Advisory rules that our stacks break, and why."""

PRODUCTION: dict[str, str] = json.loads((REPOSITORY / "policy" / "config" / "prod.json").read_text())


def broken(deployed: Recording) -> dict[str, str]:
    """Level of each rule that the stack breaks, by id."""
    resources = [Resource(each.type, each.inputs, each.urn) for each in deployed.custom]
    return {rule.id: rule.level for rule in RULES if any(_findings(rule, resources))}


def _findings(rule: Any, resources: list[Resource]) -> list[Any]:
    if isinstance(rule, Rule):
        return [finding for resource in resources for finding in rule.findings(resource)]
    return list(rule.findings(resources))


def test_no_stack_breaks_a_mandatory_rule(stack: Recording) -> None:
    assert {id_ for id_, level in broken(stack).items() if level == "mandatory"} == set()


def test_no_stack_breaks_an_advisory_rule_without_a_reason() -> None:
    assert {id_ for name in STACKS for id_ in broken(recorded(name))} == ACCEPTED.keys()


def test_production_keeps_to_what_is_mandatory_there() -> None:
    strict = {id_ for id_, level in PRODUCTION.items() if level == "mandatory"}
    assert strict <= {rule.id for rule in RULES if rule.level == "advisory"}
    assert not strict & broken(recorded("prod")).keys()
    assert strict & broken(recorded("dev")).keys()


def test_every_stack_has_the_configuration_that_the_workflows_name() -> None:
    """`--policy-pack-config policy/config/$STACK.json`"""
    stacks = {path.suffixes[0].removeprefix(".") for path in REPOSITORY.glob("Pulumi.*.yaml")}
    configured = {path.stem for path in REPOSITORY.glob("policy/config/*.json")}
    assert stacks == configured


@pytest.mark.parametrize(
    "changes",
    [
        {"cluster": {"autopilot": True, "deletionProtection": False}},
        {"cluster": {"authorizedNetworks": {"office": "203.0.113.0/24"}, "deletionProtection": False}},
        {"ingress": {"kind": "gateway"}},
    ],
    ids=["autopilot", "authorized networks", "gateway"],
)
def test_other_choices_of_a_stack_file_keep_to_the_rules_too(changes: dict[str, Any]) -> None:
    regional = {"google": {"project": "example-project", "region": "europe-west1"}}
    config = {f"{PROJECT}:{key}": value for key, value in (regional | changes).items()}
    deployed = record_stack("dev", config)
    assert {id_ for id_, level in broken(deployed).items() if level == "mandatory"} == set()
