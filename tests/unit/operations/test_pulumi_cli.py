"""The CLI on PATH is asked about the stack, and what it says is wrong is passed on."""

from pathlib import Path

import pytest

from operations.error import OperationError
from operations.pulumi_cli import PulumiCli
from tests.unit.operations.executables import install


@pytest.fixture
def pulumi(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> PulumiCli:
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin:/usr/bin")
    return PulumiCli(tmp_path, "prod")


def test_the_state_is_exported_in_the_projects_directory_without_questions(tmp_path: Path, pulumi: PulumiCli) -> None:
    install(tmp_path, "pulumi", """printf '{"deployment": {"asked": "%s", "directory": "%s"}}' "$*" "$PWD" """)
    asked = "stack export --stack prod --non-interactive --color never"
    assert pulumi.deployment() == {"asked": asked, "directory": str(tmp_path)}
    assert "--show-secrets" in pulumi.deployment(show_secrets=True)["asked"]


def test_what_the_cli_says_is_wrong_is_passed_on(tmp_path: Path, pulumi: PulumiCli) -> None:
    install(tmp_path, "pulumi", "echo 'error: no stack named prod' >&2; exit 1")
    with pytest.raises(OperationError, match="no stack named prod"):
        pulumi.deployment()


def test_without_the_cli_the_remedy_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(OperationError, match="Install the Pulumi CLI"):
        PulumiCli(tmp_path, "prod").deployment()
