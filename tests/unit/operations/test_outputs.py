"""Where a stack's outputs are found, and what the command line makes of them."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from operations.__main__ import app
from operations.outputs import from_cloud, from_sandbox
from operations.part import Part
from operations.status import Status
from sandbox.errors import SandboxError
from sandbox.home import VARIABLE, Home
from sandbox.project import Project
from sandbox.session import Session
from tests.unit.recording import REPOSITORY


def pulumi(directory: Path, script: str) -> None:
    path = directory / "pulumi"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin:/usr/bin")
    return tmp_path


def test_the_pulumi_cli_is_asked_for_the_stack_with_its_secrets(path: Path) -> None:
    pulumi(path, """printf '{"arguments": "%s", "directory": "%s"}' "$*" "$PWD" """)
    told = from_cloud(path, "prod")
    assert told["directory"] == str(path)
    assert told["arguments"] == "stack output --json --show-secrets --stack prod --non-interactive"


def test_what_the_pulumi_cli_says_is_wrong_is_passed_on(path: Path) -> None:
    pulumi(path, "echo 'error: no stack named prod' >&2; exit 1")
    with pytest.raises(SandboxError, match="no stack named prod"):
        from_cloud(path, "prod")


def test_without_the_pulumi_cli_the_remedies_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SandboxError, match=r"pulumi.*--sandbox"):
        from_cloud(tmp_path, "prod")


def test_a_stack_of_the_sandbox_that_tells_no_way_in_is_in_its_own_cluster(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    outputs = from_sandbox(Session(Home.locate(), Project(REPOSITORY), "dev"))
    assert outputs == {"kubeconfig": str(tmp_path / "kubeconfig"), "cluster": "sandbox"}


@pytest.mark.parametrize(("up", "code"), [(True, 0), (False, 1)])
def test_the_exit_code_says_whether_it_is_up(monkeypatch: pytest.MonkeyPatch, up: bool, code: int) -> None:
    def asked(stack: str, outputs: dict[str, Any]) -> Status:
        assert (stack, outputs["readme"]) == ("prod", "# A page")
        return Status("gke-webapp-prod", "", (Part("Deployment", "web", up, "said"),), ())

    def outputs(directory: Path, stack: str) -> dict[str, Any]:
        assert (directory, stack) == (REPOSITORY, "prod")
        return {"readme": "# A page"}

    monkeypatch.chdir(REPOSITORY)
    monkeypatch.setattr("operations.__main__.from_cloud", outputs)
    monkeypatch.setattr(Status, "of", asked)
    told = CliRunner().invoke(app, ["status", "--stack", "prod"])
    assert told.exit_code == code
    assert "pulumi stack output readme --stack prod" in told.output
    assert json.loads(CliRunner().invoke(app, ["status", "--stack", "prod", "--json"]).output)["up"] is up


@pytest.mark.parametrize("credentials", ["", "--json"])
def test_a_machine_without_tools_and_credentials_is_told_so_with_exit_code_1(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, credentials: str
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.chdir(REPOSITORY)
    monkeypatch.setattr("google.auth.default", _nobody)
    told = CliRunner().invoke(app, ["doctor", "--stack", "prod", *filter(None, [credentials])])
    assert told.exit_code == 1
    assert "gcloud auth application-default login" in told.output
    assert "docker" not in told.output, "prod builds nothing"


def _nobody(scopes: list[str]) -> None:
    from google.auth.exceptions import DefaultCredentialsError

    raise DefaultCredentialsError(f"no {scopes}")
