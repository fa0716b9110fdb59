"""Stack files that nobody wrote: each is told all of its mistakes, or becomes a graph that keeps the rules.

A hundred of them, or as many as $STACK_FILES says; the JSON Schema judges each, too.
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
from jsonschema import Draft202012Validator

from settings.schema import schema
from settings.stack import Settings
from settings.stack_configuration import StackConfiguration
from settings.validation import InvalidConfigurationError, validate
from tests.unit.recording import CANARY, CLOUD, DIGEST, PROJECT, Recording, record_stack

FILES = int(os.environ.get("STACK_FILES", "100"))


def generated(share: float) -> settings:
    """As many examples as that share of all files."""
    checks = [HealthCheck.too_slow, HealthCheck.data_too_large]
    return settings(max_examples=max(1, int(FILES * share)), deadline=None, suppress_health_check=checks)


Config = dict[str, Any]

NAMES = st.from_regex(r"[a-z][a-z0-9]{0,9}", fullmatch=True)
VARIABLES = st.dictionaries(st.from_regex(r"MY_X[A-F]{1,7}", fullmatch=True), st.text("abc 1/", max_size=8), max_size=3)
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
        "buildArguments": st.dictionaries(st.from_regex(r"ARG_X[A-F]{1,4}", fullmatch=True), NAMES, max_size=2),
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


def stating(key: str, value: Any) -> Plant:
    """States a value, in mappings that are made where there are none."""

    def plant(config: Config) -> None:
        *above, last = key.split(".")
        place = config
        for step in above:
            place = place.setdefault(step, {})
        place[last] = value

    return plant


MISTAKES: Mapping[str, Plant] = {
    "google.colour": stating("google.colour", "blue"),
    "google.project": lambda config: config["google"].pop("project"),
    "google.zones": stating("google.zones", {"first": "europe-west1-b"}),
    "cluster.deletionProtection": stating("cluster.deletionProtection", "perhaps"),
    "cluster.authorizedNetworks.all": stating("cluster.authorizedNetworks", {"all": "0.0.0.0/0"}),
    "cluster.maintenance.days": stating("cluster.maintenance", {"days": ["SU"], "hours": 4}),
    "cluster.nodePools.more.minimum": stating("cluster.nodePools", {"nodes": {}, "more": {"minimum": 9, "maximum": 2}}),
    "cluster.version": stating("cluster.version", "latest"),
    "image.repository": stating("image.repository", "https://ghcr.io/Example/App:1"),
    "image.buildArguments.NPM_AUTH": stating("image.buildArguments.NPM_AUTH", "hunter2x"),
    "image.createRepository": stating("image.createRepository", "no"),
    "domains[0]": lambda config: config["domains"].__setitem__(0, "*.example.com"),
    "network.pods": stating("network.pods", "10.0.0.0/14"),
    "workload.replica": stating("workload.replica", 3),
    "workload.port": stating("workload.port", 70000),
    "workload.drainSeconds": stating("workload.drainSeconds", 0),
    "workload.healthPath": stating("workload.healthPath", "ping"),
    "workload.variables.a b": stating("workload.variables.a b", "c"),
    "workload.variables.DB_PASS": stating("workload.variables.DB_PASS", "hunter2x"),
    "workload.podFields.FIELD": stating("workload.podFields.FIELD", "spec.containers"),
    "workload.cronJobs.report.schedule": stating(
        "workload.cronJobs.report", {"command": ["report"], "schedule": "0 3 * * 7"}
    ),
    "workload.cronJobs.zone.timeZone": stating(
        "workload.cronJobs.zone", {"command": ["report"], "schedule": "@daily", "timeZone": "Europe/Berln"}
    ),
    "workload.migration.timeoutSeconds": stating("workload.migration", {"command": ["up"], "timeoutSeconds": 0}),
    "workload.limits.memory": stating("workload.limits", {"cpu": "1", "memory": "10m", "ephemeralStorage": "1Gi"}),
    "workload.readiness.type": stating("workload.readiness.type", "tcp"),
    "workload.liveness.service": stating("workload.liveness.service", "app"),
    "workload.googleRoles[0]": stating("workload.googleRoles", ["roles/editor"]),
    "workload.labels.a b": stating("workload.labels.a b", "c"),
    "workload.sidecars.proxy.image": stating("workload.sidecars.proxy", {"image": "example.com/proxy"}),
    "workload.traffic.exposure": stating("workload.traffic.exposure", "nginx"),
    "workload.traffic.egress[0].range": stating("workload.traffic.egress", [{"ports": [5432]}]),
    "ingress.kind": stating("ingress.kind", "tunnel"),
    "ingress.backend.cdn": stating("ingress.backend", {"cdn": {}, "iap": {}}),
    "dns.zone": stating("dns.zone", "example.com"),
    "environment": stating("environment", "Not A Name"),
    "colour": stating("colour", "blue"),
    "workload.replicas": lambda config: config.update({"workload.replicas": "3"}),
    "notCredentials[0]": stating("notCredentials", ["NOTHING"]),
}
"""By the key that the report must name. Each can be judged whatever else is planted."""

BEYOND_SCHEMA = {
    "cluster.authorizedNetworks.all",
    "cluster.maintenance.days",
    "cluster.nodePools.more.minimum",
    "cluster.version",
    "environment",
    "image.buildArguments.NPM_AUTH",
    "image.repository",
    "dns.zone",
    "network.pods",
    "notCredentials[0]",
    "workload.cronJobs.report.schedule",
    "workload.cronJobs.zone.timeZone",
    "workload.googleRoles[0]",
    "workload.healthPath",
    "workload.labels.a b",
    "workload.limits.memory",
    "workload.liveness.service",
    "workload.podFields.FIELD",
    "workload.readiness.type",
    "workload.sidecars.proxy.image",
    "workload.traffic.egress[0].range",
    "workload.traffic.exposure",
    "workload.variables.DB_PASS",
    "workload.variables.a b",
    "ingress.backend.cdn",
}
"""What JSON Schema does not say: rules over several values, grammars, what looks like a credential."""

SCHEMA = Draft202012Validator(schema())


def file_of(config: Config) -> dict[str, Any]:
    """The stack file that states it."""
    return {"config": {f"{PROJECT}:{key}": value for key, value in config.items()}}


def validated(config: Config) -> Settings:
    texts = {key: value if isinstance(value, str) else json.dumps(value) for key, value in config.items()}
    texts.setdefault("environment", "")
    return validate(Settings, StackConfiguration(PROJECT, "dev", {**texts, "registryToken": None}, {"registryToken"}))


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


@generated(0.4)
@given(STACKS, st.sets(st.sampled_from(sorted(MISTAKES)), min_size=2, max_size=3))
def test_pairs_and_triples_of_mistakes_are_in_the_first_report(config: Config, planted: set[str]) -> None:
    config = deepcopy(config)
    for key in sorted(planted):
        MISTAKES[key](config)
    with pytest.raises(InvalidConfigurationError) as refusal:
        validated(config)
    told = str(refusal.value)
    assert not {key for key in planted if f"\n  {PROJECT}:{key} = " not in told}, told
    assert "hunter2x" not in told
    assert SCHEMA.is_valid(file_of(config)) == (planted <= BEYOND_SCHEMA)


@generated(0.4)
@given(STACKS)
def test_a_stack_file_without_a_mistake_is_accepted_by_models_and_schema(config: Config) -> None:
    assert validated(config).google.region == "europe-west1"
    assert [error.message for error in SCHEMA.iter_errors(file_of(config))] == []


@pytest.mark.parametrize("key", sorted(MISTAKES))
def test_the_schema_refuses_each_mistake_but_those_that_it_cannot_say(key: str) -> None:
    config: Config = {
        "google": {"project": "example-project", "region": "europe-west1"},
        "cluster": {"deletionProtection": False},
        "image": {"repository": "ghcr.io/example/app"},
        "domains": ["app.example.com"],
        "registryUsername": "example",
    }
    MISTAKES[key](config)
    assert SCHEMA.is_valid(file_of(config)) == (key in BEYOND_SCHEMA)


@generated(0.1)
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


@generated(0.1)
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
