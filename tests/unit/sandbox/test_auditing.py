"""The audit of the simulated Google, from the command line."""

import json
import sys
from pathlib import Path

import pytest

from sandbox import cli
from sandbox.google import Google
from sandbox.home import VARIABLE, Home
from sandbox.project import Project


@pytest.fixture(autouse=True)
def _here(home: Home, project: Project, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(VARIABLE, str(home.root))
    monkeypatch.chdir(project.directory)
    (tmp_path / "Pulumi.dev.yaml").write_text(
        "config:\n  shop:google: {project: example-project, region: europe-west1}\n"
    )


def audit(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    """The exit code of `python -m sandbox audit ARGUMENTS`."""
    monkeypatch.setattr(sys, "argv", ["sandbox", "audit", *arguments])
    try:
        cli.main()
    except SystemExit as ended:
        return int(ended.code or 0)
    return 0


def test_a_stack_that_is_gone_leaves_nothing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert audit(monkeypatch) == 0
    assert "Nothing of shop-dev is left in example-project." in capsys.readouterr().out


def test_what_is_left_fails_and_comes_with_its_command(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], home: Home
) -> None:
    with Google(home).change() as resources:
        resources["projects/example-project/global/addresses/shop-dev"] = {"type": "address"}
        resources["projects/example-project/zones/europe-west1-b/disks/pvc-1"] = {"type": "disk"}
        resources["projects/example-project/regions/europe-west1/routers/shop-dev/nats/shop-dev"] = {"type": "nat"}
        resources["projects/other/global/addresses/shop-dev"] = {"type": "address"}
    assert audit(monkeypatch, "--json") == 1
    left = json.loads(capsys.readouterr().out)["leftovers"]
    assert [(one["kind"], one["name"]) for one in left] == [("address", "shop-dev"), ("disk", "pvc-1")]
    assert left[0]["command"].startswith("gcloud compute addresses delete shop-dev --global")


def test_a_stack_file_without_a_project_is_refused(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert audit(monkeypatch, "--stack", "prod") == 1
    assert "names no Google Cloud project" in capsys.readouterr().err
