"""What the command line makes of what it finds."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from operations.__main__ import app
from operations.part import Part
from operations.pulumi_cli import Deployment, PulumiCli
from operations.status import Status
from tests.unit.recording import REPOSITORY

STATE = {"resources": [{"type": "pulumi:pulumi:Stack", "outputs": {"readme": "# A page"}}]}


@pytest.mark.parametrize(("up", "code"), [(True, 0), (False, 1)])
def test_the_exit_code_says_whether_it_is_up(monkeypatch: pytest.MonkeyPatch, up: bool, code: int) -> None:
    def exported(pulumi: PulumiCli, **_options: bool) -> Deployment:
        assert (pulumi.project, pulumi.stack) == (REPOSITORY, "prod")
        return STATE

    def asked(stack: str, deployment: Deployment) -> Status:
        assert (stack, deployment) == ("prod", STATE)
        return Status("gke-webapp-prod", "", (Part("Deployment", "web", up, "said"),), ())

    monkeypatch.chdir(REPOSITORY)
    monkeypatch.setattr(PulumiCli, "deployment", exported)
    monkeypatch.setattr(Status, "of", asked)
    told = CliRunner().invoke(app, ["status", "--stack", "prod"])
    assert told.exit_code == code
    assert "pulumi stack output readme --stack prod" in told.output
    assert json.loads(CliRunner().invoke(app, ["status", "--stack", "prod", "--json"]).output)["up"] is up


@pytest.mark.parametrize("options", [[], ["--json"]])
def test_a_machine_without_tools_and_credentials_is_told_so_with_exit_code_1(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, options: list[str]
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.chdir(REPOSITORY)
    monkeypatch.setattr("google.auth.default", _nobody)
    told = CliRunner().invoke(app, ["doctor", "--stack", "prod", *options])
    assert told.exit_code == 1
    assert "gcloud auth application-default login" in told.output
    assert "docker" not in told.output, "prod builds nothing"


def _nobody(scopes: list[str]) -> Any:
    from google.auth.exceptions import DefaultCredentialsError

    raise DefaultCredentialsError(f"no {scopes}")
