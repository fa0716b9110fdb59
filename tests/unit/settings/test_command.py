"""`python -m settings.stack` says of a stack file what the program says of it."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pulumi
import pytest
import yaml

from settings.command import main
from settings.configuration import load
from settings.stack import Settings
from tests.unit.recording import CANARY, PROJECT, REPOSITORY, record, stack_config

TOKEN = f"{PROJECT}:registryToken"

Command = Callable[..., tuple[int, str]]


@pytest.fixture
def command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    """Validates the dev stack with other values of some keys; returns exit code and output."""

    def run(changes: dict[str, Any], *arguments: str) -> tuple[int, str]:
        shutil.copy(REPOSITORY / "Pulumi.yaml", tmp_path)
        content = yaml.safe_load((REPOSITORY / "Pulumi.dev.yaml").read_text())
        content["config"] |= {f"{PROJECT}:{key}": value for key, value in changes.items()}
        (tmp_path / "Pulumi.dev.yaml").write_text(yaml.safe_dump(content, sort_keys=False))
        monkeypatch.chdir(tmp_path)
        monkeypatch.setattr("sys.argv", ["settings.stack", "--stack", "dev", *arguments])
        try:
            main(Settings)
        except SystemExit as end:
            return int(end.code or 0), capsys.readouterr().out
        return 0, capsys.readouterr().out

    return run


def test_a_valid_stack_file_gets_no_output(command: Command) -> None:
    assert command({"registryToken": {"secure": "v1:never-decrypted"}}) == (0, "")


def test_all_mistakes_are_reported_in_the_programs_own_words(command: Command) -> None:
    changes = {
        "google": {"project": "My Project 123", "region": "europe-west1"},
        "image": {"repository": "GHCR.io/Example/App", "createRepository": True},
        "workload": {"replicas": "three", "variables": {"A": "yes"}},
        "registryToken": CANARY,
        "secretVariables": {"9": "canary"},
        "domain": "app.example.com",
    }
    config = {**stack_config("dev"), **{f"{PROJECT}:{key}": value for key, value in changes.items()}}
    with pytest.raises(pulumi.RunError) as error:
        record(load, config)
    code, output = command(changes)
    assert code == 1
    assert output == f"{error.value}\n"
    assert "has 7 mistakes" in output
    assert CANARY not in output


def test_a_missing_secret_is_a_mistake_unless_the_deployment_provides_it(command: Command) -> None:
    code, output = command({})
    assert code == 1
    assert f"{TOKEN} = [missing]" in output
    assert command({}, "--provided", TOKEN) == (0, "")
    assert command({}, "--provided", "registryToken") == (0, "")


def test_a_secret_in_plain_text_is_a_mistake_even_where_the_deployment_provides_another(command: Command) -> None:
    code, output = command({"registryToken": CANARY}, "--provided", TOKEN)
    assert code == 1
    assert "plain text" in output
    assert CANARY not in output


def test_what_is_provided_replaces_no_value_that_is_not_secret(command: Command) -> None:
    code, output = command({"registryUsername": ""}, f"--provided={TOKEN}", f"--provided={PROJECT}:registryUsername")
    assert code == 1
    assert f"{PROJECT}:registryUsername = " in output


@pytest.mark.parametrize("variables", [{"secure": "v1:mapping"}, {"DATABASE_URL": {"secure": "v1:value"}}])
def test_encrypted_variables_are_accepted_without_their_values(command: Command, variables: dict[str, Any]) -> None:
    assert command({"secretVariables": variables}, "--provided", TOKEN) == (0, "")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"secretVariables": {"DATABASE-URL": {"secure": "v1:value"}}}, "secretVariables.DATABASE-URL = [not shown]"),
        ({"secretVariables": {"PORT": 8000}}, "strings by name"),
        ({"image": {"repository": "ghcr.io/example/app", "digest": {"secure": "v1:value"}}}, "image = [secret]"),
    ],
)
def test_what_can_be_seen_of_encrypted_values_is_checked(command: Command, changes: dict[str, Any], words: str) -> None:
    code, output = command(changes, "--provided", TOKEN)
    assert code == 1
    assert words in output
    assert "v1:" not in output


def test_a_file_that_cannot_be_read_is_a_mistake_and_no_traceback(
    command: Command, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    command({}, "--provided", TOKEN)
    monkeypatch.setattr("sys.argv", ["settings.stack", "--stack", "elsewhere"])
    with pytest.raises(SystemExit, match="1"):
        main(Settings)
    assert "There is no stack 'elsewhere'" in capsys.readouterr().out
