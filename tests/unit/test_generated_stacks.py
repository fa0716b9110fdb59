"""Stack files that nobody wrote: each is told all of its mistakes, or becomes a graph that keeps the rules.

A hundred of them, or as many as $STACK_FILES says.
"""

import json
import os
from collections.abc import Callable, Mapping
from copy import deepcopy
from typing import Any

import pulumi
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.unit.recording import CANARY, CLOUD, DIGEST, PROJECT, Recording, record_stack

FILES = int(os.environ.get("STACK_FILES", "100"))
"""Half of them go to each of the two tests."""

generated = settings(
    max_examples=FILES // 2, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)

Config = dict[str, Any]

NAMES = st.from_regex(r"[a-z][a-z0-9]{0,9}", fullmatch=True)
VARIABLES = st.dictionaries(st.from_regex(r"MY_[A-Z]{1,8}", fullmatch=True), st.text("abc 1/", max_size=8), max_size=3)
DOMAINS = st.builds("{}.{}.example.com".format, NAMES, NAMES)
PATHS = st.builds("/{}".format, NAMES)

GOOGLE = st.fixed_dictionaries(
    {
        "project": st.from_regex(r"[a-z]{6,12}", fullmatch=True),
        "region": st.just("europe-west1"),
        "zones": st.lists(st.sampled_from([f"europe-west1-{zone}" for zone in "bcd"]), min_size=1, unique=True),
    }
)
CLUSTER = st.fixed_dictionaries({"deletionProtection": st.booleans()})
IMAGE = st.fixed_dictionaries(
    {"repository": st.builds("ghcr.io/{}/{}".format, NAMES, NAMES)},
    optional={
        "digest": st.just(DIGEST),
        "buildArguments": st.dictionaries(st.from_regex(r"ARG_[A-Z]{1,5}", fullmatch=True), NAMES, max_size=2),
        "buildOnPreview": st.booleans(),
    },
)


def _merged(one: Config, other: Config) -> Config:
    return one | other


COMMANDS = st.lists(NAMES, min_size=1, max_size=3)
PODS = st.one_of(
    st.fixed_dictionaries({"replicas": st.integers(2, 9)}),
    st.fixed_dictionaries(
        {"scaling": st.fixed_dictionaries({"minimum": st.integers(2, 5), "maximum": st.integers(6, 20)})}
    ),
)
OPTIONS = st.fixed_dictionaries(
    {},
    optional={
        "drainSeconds": st.integers(1, 60),
        "timeoutSeconds": st.integers(301, 900),
        "healthPath": PATHS,
        "livenessPath": PATHS,
        "port": st.integers(8000, 8999),
        "metricsPort": st.integers(9000, 9999),
        "priority": st.integers(-100, 100),
        "spread": st.sampled_from(["preferred", "required"]),
        "disruption": st.just({"minAvailable": 1}),
        "variables": VARIABLES,
        "podFields": st.just({"POD_NAME": "metadata.name"}),
        "labels": st.dictionaries(NAMES, NAMES, max_size=2),
        "migration": st.fixed_dictionaries({"command": COMMANDS}),
        "cronJobs": st.dictionaries(
            NAMES, st.fixed_dictionaries({"command": COMMANDS, "schedule": st.just("@daily")}), max_size=2
        ),
    },
)
STACKS: st.SearchStrategy[Config] = st.fixed_dictionaries(
    {
        "google": GOOGLE,
        "cluster": CLUSTER,
        "image": IMAGE,
        "domains": st.lists(DOMAINS, min_size=1, max_size=4, unique=True),
        "registryUsername": NAMES,
        "workload": st.builds(_merged, PODS, OPTIONS),
    },
    optional={
        "environment": NAMES,
        "ingress": st.fixed_dictionaries({"kind": st.sampled_from(["ingress", "gateway"])}),
    },
)

Plant = Callable[[Config], None]

MISTAKES: Mapping[str, Plant] = {
    "google.colour": lambda config: config["google"].update(colour="blue"),
    "google.project": lambda config: config["google"].pop("project"),
    "google.zones": lambda config: config["google"].update(zones={"first": "europe-west1-b"}),
    "cluster.deletionProtection": lambda config: config["cluster"].update(deletionProtection="perhaps"),
    "image.repository": lambda config: config["image"].update(repository="https://ghcr.io/Example/App:1"),
    "image.buildArguments": lambda config: config["image"].update(buildArguments={"NPM_TOKEN": "abc"}),
    "domains[0]": lambda config: config["domains"].__setitem__(0, "*.example.com"),
    "workload.replica": lambda config: config["workload"].update(replica=3),
    "workload.port": lambda config: config["workload"].update(port=70000),
    "workload.drainSeconds": lambda config: config["workload"].update(drainSeconds=0),
    "workload.healthPath": lambda config: config["workload"].update(healthPath="ping"),
    "workload.variables": lambda config: config["workload"].update(variables={"a b": "c"}),
    "workload.cronJobs.report.schedule": lambda config: config["workload"].update(
        cronJobs={"report": {"command": ["report"], "schedule": "sometimes"}}
    ),
    "workload.limits.memory": lambda config: config["workload"].update(limits={"memory": "10m"}),
    "ingress.kind": lambda config: config.update(ingress={"kind": "tunnel"}),
    "environment": lambda config: config.update(environment="Not A Name"),
    "colour": lambda config: config.update(colour="blue"),
}
"""By the key that the report must name."""

ACCOUNTS = {
    "gcp:serviceaccount/account:Account": {
        "name": "projects/example-project/serviceAccounts/some@example.com",
        "email": "some@example.com",
        "member": "serviceAccount:some@example.com",
    }
}


def record(config: Config, recording: Recording | None = None) -> Recording:
    stated = {f"{PROJECT}:{key}": value for key, value in config.items()}
    return record_stack("dev", stated, cloud={**CLOUD, **ACCOUNTS}, recording=recording)


@generated
@given(STACKS, st.sets(st.sampled_from(sorted(MISTAKES)), min_size=1, max_size=6))
def test_every_mistake_of_a_stack_file_is_told_at_once_and_nothing_is_registered(
    config: Config, planted: set[str]
) -> None:
    config = deepcopy(config)
    for key in sorted(planted):
        MISTAKES[key](config)
    attempt = Recording({}, preview=False)
    with pytest.raises(pulumi.RunError, match="nothing was changed") as refusal:
        record(config, attempt)
    told = str(refusal.value)
    assert not {key for key in planted if f"{PROJECT}:{key}" not in told}, told
    assert [each.type for each in attempt.registered] == ["pulumi:pulumi:Stack"]


@generated
@given(STACKS)
def test_a_stack_file_without_a_mistake_becomes_a_graph_that_keeps_the_rules(config: Config) -> None:
    deployed = record(config)
    kubernetes = {each.urn for each in deployed.registered if each.type == "pulumi:providers:kubernetes"}
    for each in deployed.custom:
        if each.type.startswith("kubernetes:"):
            assert each.provider in kubernetes, each.urn
        assert each.urn not in deployed.deleted_before(each), f"{each.urn} would have to be deleted before itself"
    for each in deployed.of("Deployment"):
        keeps_the_rules(deployed, config, each.inputs["spec"])
    sent = json.dumps([*(each.sealed for each in deployed.registered), deployed.outputs])
    assert CANARY not in sent


def keeps_the_rules(deployed: Recording, config: Config, spec: dict[str, Any]) -> None:
    (container,) = spec["template"]["spec"]["containers"]
    assert container["image"].endswith(f"@{DIGEST}")
    ignored = list(deployed.one("Deployment").request.ignoreChanges)
    assert ignored == (["spec.replicas"] if deployed.of("HorizontalPodAutoscaler") else [])
    asked = {container["readinessProbe"]["httpGet"]["path"]}
    for policy in deployed.of("BackendConfig"):
        asked.add(policy.inputs["spec"]["healthCheck"]["requestPath"])
    for policy in deployed.of("HealthCheckPolicy"):
        asked.add(policy.inputs["spec"]["default"]["config"]["httpHealthCheck"]["requestPath"])
    assert deployed.of("BackendConfig") or deployed.of("HealthCheckPolicy")
    assert asked == {config["workload"].get("healthPath", "/ping")}
