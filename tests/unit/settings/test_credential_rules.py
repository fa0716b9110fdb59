"""A credential in plain is refused wherever it stands, and shown nowhere."""

from typing import Any

import pytest

from tests.unit.settings.reports import accepted, keys, report

GITHUB = "ghp_16C7e42F292c6912E7710c838347Ae178B4a"


def with_image(**changes: Any) -> dict[str, Any]:
    return {"image": {"repository": "ghcr.io/example/app", **changes}}


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        (with_image(buildArguments={"NPM_TOKEN": "hunter2x"}), "image.buildArguments.NPM_TOKEN"),
        (with_image(buildArguments={"NPM_AUTH": "hunter2x"}), "image.buildArguments.NPM_AUTH"),
        ({"workload": {"variables": {"DATABASE_PASSWORD": "hunter2x"}}}, "workload.variables.DATABASE_PASSWORD"),
        ({"workload": {"variables": {"SETTING": f"hunter2x {GITHUB}"}}}, "workload.variables.SETTING"),
        ({"workload": {"labels": {"api-key": "hunter2x"}}}, "workload.labels.api-key"),
        ({"workload": {"command": ["serve", "--token", "hunter2x"]}}, "workload.command[2]"),
        ({"workload": {"arguments": ["DB_PASS=hunter2x"]}}, "workload.arguments[0]"),
        ({"workload": {"migration": {"command": ["up", "--db-password=hunter2x"]}}}, "workload.migration.command[1]"),
        (
            {
                "workload": {
                    "sidecars": {"proxy": {"image": "example.com/proxy:1", "variables": {"API_KEY": "hunter2x"}}}
                }
            },
            "workload.sidecars.proxy.variables.API_KEY",
        ),
        ({"cluster": {"deletionProtection": False, "description": f"hunter2x {GITHUB}"}}, "cluster.description"),
    ],
)
def test_a_credential_in_plain_is_refused_by_its_key_and_not_shown(changes: dict[str, Any], key: str) -> None:
    text = report(**changes)
    assert keys(text) == [f"gke-webapp:{key}"]
    assert f"{key} = [not shown]" in text
    assert "hunter2x" not in text
    assert "notCredentials: [" in text


@pytest.mark.parametrize(
    "workload",
    [
        {"variables": {"DB_PASS": "hunter2x", "a b": "c"}, "replicas": 0},
        {"variables": "DB_PASS=hunter2x"},
        {"variables": {"DB_PASS": ["hunter2x"]}},
        {"variables": {"DB_PASS": "hunter2x"}, "readiness": {"port": "hunter2x"}},
        {"healthPath": "hunter2x", "variables": {"TOKEN": "hunter2x"}},
        [{"variables": {"DB_PASS": "hunter2x"}}],
    ],
)
def test_a_credential_is_not_shown_beside_any_other_mistake(workload: Any) -> None:
    assert "hunter2x" not in report(workload=workload)


def test_what_is_listed_as_no_credential_is_accepted() -> None:
    workload = {"variables": {"AUTH": "by-header"}, "command": ["serve", "--auth", "by-header"]}
    accepted(workload=workload, notCredentials=["AUTH", "workload.command"])


def test_an_exception_for_nothing_is_refused() -> None:
    assert keys(report(notCredentials=["LEVEL"])) == ["gke-webapp:notCredentials[0]"]


def test_a_variable_names_the_command_that_encrypts_it() -> None:
    text = report(workload={"variables": {"DATABASE_PASSWORD": "hunter2x"}})
    assert "`pulumi config set --secret --path gke-webapp:secretVariables.DATABASE_PASSWORD`" in text
