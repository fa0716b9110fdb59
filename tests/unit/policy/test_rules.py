"""Each rule lets the good stack pass and finds each of its breaks."""

from collections.abc import Iterator
from typing import Any

import pytest

from policy.rules import RULES
from policy.rules.rule import UNKNOWN, Finding, Resource, Rule, StackRule
from tests.unit.policy.cases import (
    BAD,
    CERTIFICATE,
    CLUSTER,
    CONTAINER,
    DEPLOYMENT,
    DIGEST,
    FIREWALL,
    FRONTEND,
    GATEWAY,
    GOOD,
    IMAGE,
    INGRESS,
    MANAGED_CERTIFICATE,
    MEMBER,
    MISSING,
    POD,
    ROUTE,
    Break,
    broken,
)

BY_ID = {rule.id: rule for rule in RULES}
BREAKS = [pytest.param(id_, each, id=f"{id_}-{number}") for id_ in BAD for number, each in enumerate(BAD[id_])]

OF_NAMES = {"image-build-arguments", "exposure-snippets", "iam-keys", "gke-autopilot-account"}
"""Rules that a property breaks by being there."""
UNKNOWABLE = [
    pytest.param(id_, each, id=f"{id_}-{number}")
    for id_ in sorted(BAD.keys() - OF_NAMES)
    for number, each in enumerate(BAD[id_])
    if each[1]
]


def found(rule: Rule | StackRule, stack: dict[str, dict[str, Any]], **config: Any) -> list[Finding]:
    resources = [Resource(kind, properties, f"urn::{kind}") for kind, properties in stack.items()]
    if isinstance(rule, StackRule):
        return list(rule.findings(resources, config))
    return [finding for resource in resources for finding in rule.findings(resource, config)]


def test_every_rule_has_a_case_and_an_id_of_its_own() -> None:
    assert sorted(BY_ID) == sorted(BAD)
    assert len(BY_ID) == len(RULES)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_the_good_stack_keeps_to_it(rule: Rule | StackRule) -> None:
    assert found(rule, GOOD) == []


@pytest.mark.parametrize(("id_", "difference"), BREAKS)
def test_a_break_is_found_and_said(id_: str, difference: Break) -> None:
    rule = BY_ID[id_]
    (finding, *_) = found(rule, broken(*difference))
    message = rule.message(finding)
    assert message.startswith(f"{finding.what} is ")
    assert rule.consequence in message
    assert rule.remedy in message
    assert "canary" not in message, "a value that is likely a secret"


@pytest.mark.parametrize(("id_", "difference"), UNKNOWABLE)
def test_a_value_that_is_not_known_yet_breaks_nothing(id_: str, difference: Break) -> None:
    kind, path, _ = difference
    assert found(BY_ID[id_], broken(kind, path, UNKNOWN)) == []


@pytest.mark.parametrize(("kind", "path"), [(INGRESS, "spec.tls"), (GATEWAY, "spec.listeners")])
def test_certificates_that_are_not_known_yet_are_not_missed(kind: str, path: str) -> None:
    stack = broken(kind, "metadata.annotations", {})
    stack[kind]["spec"] = {path.removeprefix("spec."): UNKNOWN}
    assert not found(BY_ID["exposure-certificate"], {kind: stack[kind]})


def test_a_firewall_rule_may_be_open_by_name() -> None:
    rule, stack = BY_ID["network-firewall"], broken(FIREWALL, "sourceRanges", ["0.0.0.0/0"])
    assert found(rule, stack)
    assert not found(rule, stack, stated=["office"])


def test_a_deployer_may_act_as_all_accounts_by_name() -> None:
    rule, stack = BY_ID["iam-impersonation"], broken(MEMBER, "role", "roles/iam.serviceAccountUser")
    assert found(rule, stack)
    assert not found(rule, stack, stated=["serviceAccount:app@*"])
    assert found(rule, stack, stated=["serviceAccount:deploy-*"])


def test_an_outgoing_firewall_rule_lets_nobody_in() -> None:
    stack = {FIREWALL: {"direction": "EGRESS", "allows": [{"protocol": "all"}], "destinationRanges": ["0.0.0.0/0"]}}
    assert not found(BY_ID["network-firewall"], stack)


def test_registries_are_a_setting() -> None:
    rule = BY_ID["image-registry"]
    stack = broken(DEPLOYMENT, f"{CONTAINER}.image", f"nginx@{DIGEST}")
    assert not found(rule, stack, registries=["docker.io"])
    assert found(rule, GOOD, registries=["docker.io"])


@pytest.mark.parametrize("name", ["JWT_ACCESS_SECRET", "DATABASE_PASSWORD", "ghToken", "STRIPE_API_KEY"])
def test_a_variable_is_known_for_a_secret_by_its_name(name: str) -> None:
    stack = broken(DEPLOYMENT, f"{CONTAINER}.env", [{"name": name, "value": "canary"}])
    assert [finding.value for finding in found(BY_ID["pod-plain-secrets"], stack)] == [name]


@pytest.mark.parametrize(
    ("name", "value"),
    [("TOKEN_FILE", "/x"), ("TOKEN_FILE", "/run/secrets/token.txt"), ("MAX_TOKENS", "5"), ("TOKEN_WEIGHT", "0.5")],
)
def test_a_path_and_a_number_are_no_secrets(name: str, value: str) -> None:
    assert not found(
        BY_ID["pod-plain-secrets"], broken(DEPLOYMENT, f"{CONTAINER}.env", [{"name": name, "value": value}])
    )


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (f"{CONTAINER}.env", [{"name": "SETTING", "value": "ghp_16C7e42F292c6912E7710c838347Ae178B4a"}]),
        (f"{CONTAINER}.command", ["serve", "--token", "hunter2x"]),
        (f"{CONTAINER}.args", ["--db-password=hunter2x"]),
        ("spec.template.metadata.labels", {"api-key": "hunter2x"}),
    ],
)
def test_a_secret_is_known_by_its_value_and_in_commands_and_labels(path: str, value: Any) -> None:
    (finding,) = found(BY_ID["pod-plain-secrets"], broken(DEPLOYMENT, path, value))
    assert "hunter2x" not in str(finding)
    assert "ghp_" not in str(finding)


def test_a_variable_whose_value_is_not_known_yet_is_no_plain_secret() -> None:
    stack = broken(DEPLOYMENT, f"{CONTAINER}.env", [{"name": "TOKEN", "value": UNKNOWN}])
    assert not found(BY_ID["pod-plain-secrets"], stack)


def test_a_variable_may_be_named_like_a_secret_where_that_is_stated() -> None:
    rule = BY_ID["pod-plain-secrets"]
    stack = broken(DEPLOYMENT, f"{CONTAINER}.env", [{"name": "TOKEN_KIND", "value": "short-lived"}])
    assert found(rule, stack)
    assert found(rule, stack, stated=["TOKEN"])
    assert not found(rule, stack, stated=["TOKEN_*"])


def test_a_pod_may_ask_the_kubernetes_api_by_the_name_of_what_makes_it() -> None:
    rule = BY_ID["pod-account-token"]
    stack = broken(DEPLOYMENT, f"{POD}.automountServiceAccountToken", True)
    assert found(rule, stack)
    assert found(rule, stack, stated=["controller"])
    assert not found(rule, stack, stated=["app"])


def test_a_variable_from_a_secret_is_no_plain_secret() -> None:
    reference = {"secretKeyRef": {"name": "jwt", "key": "access"}}
    stack = broken(DEPLOYMENT, f"{CONTAINER}.env", [{"name": "JWT_ACCESS_SECRET", "valueFrom": reference}])
    assert not found(BY_ID["pod-plain-secrets"], stack)


def test_what_runs_first_is_a_container_too() -> None:
    stack = broken(DEPLOYMENT, "spec.template.spec.initContainers", [{"name": "first", "image": "busybox"}])
    assert [finding.what for finding in found(BY_ID["image-tag"], stack)] == [
        "spec.template.spec.initContainers[first].image"
    ]
    assert not found(BY_ID["workload-readiness"], stack), "what ends is not asked whether it can serve"


@pytest.mark.parametrize(
    ("kind", "path"),
    [
        ("core/v1:Pod", "spec"),
        ("batch/v1:Job", "spec.template.spec"),
        ("batch/v1:CronJob", "spec.jobTemplate.spec.template.spec"),
        ("apps/v1:DaemonSet", "spec.template.spec"),
    ],
)
def test_a_pod_is_found_in_whatever_makes_it(kind: str, path: str) -> None:
    made: dict[str, Any] = {"hostNetwork": True}
    for key in reversed(path.split(".")):
        made = {key: made}
    (finding,) = found(BY_ID["pod-host-network"], {f"kubernetes:{kind}": made})
    assert finding.what == f"{path}.hostNetwork"


def test_autopilot_is_not_asked_for_what_it_grants_by_itself() -> None:
    cluster = {"enableAutopilot": True, "clusterAutoscaling": {}}
    ids = {rule.id for rule in RULES for _ in _findings(rule, Resource(CLUSTER, cluster))}
    assert "gke-shielded-nodes" not in ids and "gke-dataplane-v2" not in ids
    assert "gke-autopilot-account" in ids


def test_a_build_argument_that_is_no_secret_passes() -> None:
    assert not found(BY_ID["image-build-arguments"], {IMAGE: {"build": {"args": {"RUNTIME_IMAGE": "debian"}}}})


def _findings(rule: Rule | StackRule, resource: Resource) -> Iterator[Finding]:
    if isinstance(rule, Rule):
        yield from rule.findings(resource)


@pytest.mark.parametrize("status", ["Provisioning", UNKNOWN])
def test_the_redirect_may_wait_for_the_certificate_of_an_ingress(status: str) -> None:
    stack = broken(FRONTEND, "spec.redirectToHttps", MISSING)
    stack[MANAGED_CERTIFICATE]["status"] = {"certificateStatus": status}
    assert found(BY_ID["exposure-https-redirect"], stack) == []


def test_the_redirect_may_wait_for_the_certificate_of_a_gateway() -> None:
    stack = broken(ROUTE, "spec.parentRefs.0.sectionName", "http")
    stack[CERTIFICATE]["managed"] = {"state": "PROVISIONING"}
    assert found(BY_ID["exposure-https-redirect"], stack) == []


def test_a_redirect_that_is_stated_as_off_waits_for_nothing() -> None:
    stack = broken(FRONTEND, "spec.redirectToHttps.enabled", False)
    stack[MANAGED_CERTIFICATE]["status"] = {"certificateStatus": "Provisioning"}
    assert found(BY_ID["exposure-https-redirect"], stack)
