"""Whatever a stack file states has an effect, or is refused with what to write instead."""

from pathlib import Path
from typing import Any

import pytest

from settings import stack_file
from settings.pod import unread_options
from settings.stack import Settings
from settings.unread_keys import key_paths
from settings.validation import InvalidConfigurationError, validate
from settings.workload import WorkloadSettings
from tests.unit.recording import REPOSITORY
from tests.unit.settings.reports import BASE, report


def of_file(directory: Path, addition: str, beside: str = "") -> str:
    """What is said of the dev stack's file with more lines below `config` and beside it."""
    (directory / "Pulumi.yaml").write_text((REPOSITORY / "Pulumi.yaml").read_text())
    dev = (REPOSITORY / "Pulumi.dev.yaml").read_text()
    token = "  gke-webapp:registryToken: {secure: v1:x}\n"
    (directory / "Pulumi.dev.yaml").write_text(f"{dev}{token}{addition}\n{beside}\n")
    with pytest.raises(InvalidConfigurationError) as error:
        validate(Settings, stack_file.read(directory, "dev"))
    return str(error.value)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("gcp:project: other", "State it as gke-webapp:google.project"),
        ("gcp:zone: europe-west1-b", "State it as gke-webapp:google.zones"),
        ("kubernetes:context: shared", "Default providers are switched off"),
        ("gke-webpp:ingress: {kind: gateway}", "Write the namespace gke-webapp: `gke-webapp:ingress`"),
        ("webapp:ingress: {kind: gateway}", "Write the namespace gke-webapp: `gke-webapp:ingress`"),
        ("pulumi:disable-default-provider: ['*']", "pulumi:disable-default-providers"),
        ("docker:registryAuth: {password: hunter2x}", "Default providers are switched off"),
    ],
)
def test_a_key_of_another_namespace_is_refused_with_what_to_write(tmp_path: Path, line: str, words: str) -> None:
    text = of_file(tmp_path, f"  {line}")
    assert "has 1 mistake," in text
    assert f"\n  {line.split(': ')[0]} = " in text
    assert words in text
    assert "hunter2x" not in text


def test_a_key_beside_the_configuration_is_refused(tmp_path: Path) -> None:
    assert "\n  confg = [not shown]" in of_file(tmp_path, "", "confg: {gke-webapp:dns: {zone: example}}")


@pytest.mark.parametrize(
    ("changes", "key", "words"),
    [
        (
            {"workload.replicas": "3"},
            "workload.replicas",
            "Run `pulumi config rm gke-webapp:workload.replicas` and `pulumi config set --path "
            "gke-webapp:workload.replicas 3`.",
        ),
        ({"domains[0]": "a.example.com"}, "domains[0]", "config set --path 'gke-webapp:domains[0]' a.example.com"),
        (
            {"workload": {"scaling.maximum": 9}},
            "workload.scaling.maximum",
            "--path gke-webapp:workload.scaling.maximum 9",
        ),
        ({"workload": {"timeoutSecond": 5}}, "workload.timeoutSecond", "Write timeoutSeconds"),
        ({"workload": {"timeout_seconds": 500}}, "workload.timeout_seconds", "Write timeoutSeconds"),
        ({"replicas": "3"}, "replicas", "are read: gke-webapp:workload.replicas."),
        ({"google": {**BASE["google"], "domains": []}}, "google.domains", "gke-webapp:domains"),
        (
            {"cluster": {"existing": {"name": "shared"}, "deletionProtection": True}},
            "cluster.deletionProtection",
            "Remove deletionProtection, or remove cluster.existing.",
        ),
        (
            {"cluster": {"existing": {"context": "shared", "name": "shared"}}},
            "cluster.existing.name",
            "Remove name, or remove cluster.existing.context.",
        ),
        ({"dns": {"colour": "blue"}}, "dns.colour", "Keys here: caa, zone."),
    ],
)
def test_an_unknown_key_is_refused_with_what_to_write(changes: dict[str, Any], key: str, words: str) -> None:
    text = report(**changes)
    assert "has 1 mistake," in text
    assert f"\n  gke-webapp:{key} = " in text
    assert words in text


def test_all_keys_are_known_by_their_paths() -> None:
    known = {*key_paths(Settings)}
    assert {"image.repository", "cluster.nodePools.<name>.taints.key", "cluster.existing.context"} <= known


@pytest.mark.parametrize(
    "stated",
    [
        {"metricsPort": 9090},
        {"scaling": {"maximum": 5}},
        {"disruption": {"maxUnavailable": 1}},
        {"migration": {"command": ["up"]}},
        {"cronJobs": {"report": {"command": ["report"], "schedule": "@daily"}}},
        {"variables": {"LEVEL": "info"}},
        {"googleRoles": ["roles/storage.objectViewer"]},
        {"priority": 5},
    ],
)
def test_an_option_for_which_a_program_declares_nothing_is_refused(stated: dict[str, Any]) -> None:
    worker = WorkloadSettings.model_validate(stated)
    (error,) = unread_options(worker, ["workers", "mailer"])
    assert error.at[:2] == ("workers", "mailer")
    assert "would have no effect" in error.consequence
    (option,) = worker.model_fields_set
    assert not [*unread_options(worker, ["workers", "mailer"], created=[option])]
