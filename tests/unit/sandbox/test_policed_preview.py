"""`--policy-pack` from the command line, with the engine of the sandbox."""

import json
import os
import sys
from pathlib import Path

import pytest

from sandbox import cli
from sandbox.errors import SandboxError
from sandbox.home import VARIABLE, Home
from sandbox.machine import Machine

PACK = Path(__file__).parents[3] / "policy"

PROGRAM = """\
import pulumi
from pulumi_gcp.provider import Provider

google = pulumi.ResourceOptions(provider=Provider("google", project="example-project", region="europe-west1"))
pulumi.CustomResource(
    "gcp:compute/network:Network", "network", {"name": "shop", "autoCreateSubnetworks": AUTOMATIC}, google
)
"""


@pytest.fixture(autouse=True)
def _here(home: Home, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(VARIABLE, str(home.root))
    monkeypatch.setenv("PATH", str(tmp_path / "nothing"))
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    (tmp_path / "Pulumi.yaml").write_text("name: shop\nruntime: python\n")
    (tmp_path / "Pulumi.dev.yaml").write_text("config: {}\n")
    monkeypatch.chdir(tmp_path)


def preview(monkeypatch: pytest.MonkeyPatch, automatic: bool, *arguments: str, command: str = "preview") -> int:
    """The exit code of `python -m sandbox preview ARGUMENTS` of a network with or without automatic subnets."""
    Path("__main__.py").write_text(PROGRAM.replace("AUTOMATIC", str(automatic)))
    monkeypatch.setattr(sys, "argv", ["sandbox", command, *arguments])
    try:
        cli.main()
    except SystemExit as ended:
        return int(ended.code or 0)
    return 0


def test_a_mandatory_violation_fails_the_preview_and_is_shown_under_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert preview(monkeypatch, True, "--policy-pack", str(PACK)) == 1
    text = capsys.readouterr().out
    assert text.index("Resources:") < text.index("[mandatory] network-own-subnets")


def test_a_stack_that_keeps_to_the_rules_passes(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert preview(monkeypatch, False, "--policy-pack", str(PACK)) == 0
    assert "Policies: 0 mandatory and 0 advisory violations" in capsys.readouterr().out


def test_programs_get_the_violations_as_json(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    lenient = tmp_path / "lenient.json"
    lenient.write_text('{"network-own-subnets": "advisory"}')
    arguments = ["--json", "--policy-pack", str(PACK), "--policy-pack-config", str(lenient)]
    assert preview(monkeypatch, True, *arguments) == 0
    (found,) = json.loads(capsys.readouterr().out)["policyViolations"]
    assert (found["policy"], found["level"]) == ("network-own-subnets", "advisory")


def test_a_configuration_without_a_pack_is_refused(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert preview(monkeypatch, False, "--policy-pack-config", "strict.json") == 1
    assert "--policy-pack-config needs --policy-pack" in capsys.readouterr().err


def test_up_starts_nothing_for_a_stack_that_breaks_a_mandatory_rule(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def start(*_: object) -> None:
        raise SandboxError("started")

    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(Machine, "start", start)
    assert preview(monkeypatch, True, "--policy-pack", str(PACK), command="up") == 1
    captured = capsys.readouterr()
    assert "[mandatory] network-own-subnets" in captured.out
    assert "started" not in captured.err
    assert preview(monkeypatch, False, "--policy-pack", str(PACK), command="up") == 1
    assert "started" in capsys.readouterr().err
