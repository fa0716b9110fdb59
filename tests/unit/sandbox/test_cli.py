import json
import os
import sys
from pathlib import Path

import pytest

from sandbox import cli, packages
from sandbox.doctor import Fact
from sandbox.home import VARIABLE, Home
from sandbox.project import Project
from sandbox.pulumi.stack import Stack
from sandbox.session import Session


@pytest.fixture(autouse=True)
def _sandbox(home: Home, project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """Commands work on the home and the project of the test, without a Pulumi CLI."""
    monkeypatch.setenv(VARIABLE, str(home.root))
    monkeypatch.setenv("PATH", str(home.root / "nothing"))
    monkeypatch.chdir(project.directory)
    monkeypatch.setattr(os, "geteuid", lambda: 1000)


def run(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    """The exit code of `python -m sandbox ARGUMENTS`."""
    monkeypatch.setattr(sys, "argv", ["sandbox", *arguments])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert isinstance(ended.value.code, int)
    return ended.value.code


@pytest.mark.parametrize("command", ["up", "destroy", "refresh", "stop"])
def test_what_needs_root_is_refused_to_others_before_anything_is_touched(
    command: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], home: Home
) -> None:
    assert run(monkeypatch, command) == 1
    assert f"`{command}` needs root" in capsys.readouterr().err
    assert not home.root.exists()


def test_a_directory_that_is_no_project_is_one_message(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert run(monkeypatch, "preview", "--project", str(tmp_path / "elsewhere")) == 1
    captured = capsys.readouterr()
    assert "nor one of the systems in examples/" in captured.err and "Traceback" not in captured.err + captured.out


def test_logs_of_an_unknown_process_are_refused_with_those_there_are(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], home: Home
) -> None:
    home.logs.mkdir(parents=True)
    (home.logs / "kubelet.log").touch()
    assert run(monkeypatch, "logs", "cubelet") == 1
    assert "There are: kubelet" in capsys.readouterr().err


def test_status_is_json_for_machines(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], home: Home, project: Project
) -> None:
    checkpoint = Stack(Session(home, project, "dev")).checkpoint
    checkpoint.parent.mkdir(parents=True)
    secret = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", "ciphertext": "canary"}
    outputs = {"address": "127.45.0.1", "domains": ["app.example.com"], "kubeconfig": secret}
    resources = [{"urn": "urn", "type": "pulumi:pulumi:Stack", "outputs": outputs}]
    checkpoint.write_text(json.dumps({"version": 3, "checkpoint": {"latest": {"resources": resources}}}))
    assert run(monkeypatch, "status", "--json") == 0
    text = capsys.readouterr().out
    shown = json.loads(text)
    assert shown["kubeconfig"] == str(home.root / "kubeconfig")
    assert (shown["address"], shown["domain"]) == ("127.45.0.1", "app.example.com")
    assert (shown["registry"], shown["resources"]) == ("localhost:5044", 1)
    assert "canary" not in text


def test_every_debian_package_has_a_reason() -> None:
    assert all(reason.strip() for reason in packages.PACKAGES.values())


@pytest.mark.parametrize("command", ["destroy", "refresh"])
def test_with_nothing_deployed_nothing_is_started(
    command: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    assert run(monkeypatch, command) == 0
    assert "Nothing of shop is deployed in stack dev" in capsys.readouterr().out


def test_the_doctor_tells_what_is_wrong_with_the_stack_file(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def none(_home: Home) -> list[Fact]:
        return []

    monkeypatch.setattr(cli, "facts", none)
    monkeypatch.setattr(packages, "missing", list)
    assert run(monkeypatch, "doctor", "--stack", "elsewhere") == 1
    assert "elsewhere" in capsys.readouterr().err
