"""A disk that is full when the state is written: the state before is whole, and nothing is lost."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.e2e.conftest import Checkout

pytestmark = pytest.mark.faults

PROJECT = "full-disk"
PROGRAM = """\
import pulumi
from pulumi_kubernetes.core.v1 import ConfigMap

for number in range(pulumi.Config().require_int("maps")):
    ConfigMap(f"map-{number}", metadata={"name": f"full-disk-{number}"}, data={"text": "x" * 4000})
"""
SIZE = "128k"
MANY = 60


@pytest.fixture
def program(checkout: Checkout, tmp_path: Path) -> Path:
    """A project whose state grows by some kilobytes with each of its ConfigMaps."""
    (tmp_path / "__main__.py").write_text(PROGRAM)
    (tmp_path / "Pulumi.yaml").write_text(yaml.safe_dump({"name": PROJECT, "runtime": "python"}))
    configure(tmp_path, 2)
    checkout.succeed("up", "--engine", "embedded", seconds=1200)
    return tmp_path


@pytest.fixture
def state(checkout: Checkout) -> Iterator[Path]:
    """The project's state file, on a file system of its own with little room."""
    directory = checkout.home / "state" / PROJECT
    directory.mkdir(parents=True)
    mount("-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", str(directory))
    try:
        yield directory / "dev.json"
    finally:
        subprocess.run(["umount", directory], check=True)
        directory.rmdir()


def mount(*arguments: str) -> None:
    subprocess.run(["mount", *arguments], check=True)


def configure(program: Path, maps: int) -> None:
    (program / "Pulumi.dev.yaml").write_text(yaml.safe_dump({"config": {f"{PROJECT}:maps": str(maps)}}))


def test_a_full_disk_loses_nothing(checkout: Checkout, program: Path, state: Path) -> None:
    def run(operation: str) -> subprocess.CompletedProcess[str]:
        kubeconfig = str(checkout.home / "kubeconfig")
        return checkout.run(operation, "--project", str(program), "--engine", "embedded", KUBECONFIG=kubeconfig)

    first = run("up")
    assert first.returncode == 0, first.stdout
    before = state.read_bytes()

    configure(program, MANY)
    full = run("up")
    assert full.returncode == 1, full.stdout
    assert "No space left on device" in full.stdout
    assert state.read_bytes() == before

    mount("-o", "remount,size=64m", str(state.parent))
    again = run("up")
    assert again.returncode == 0, again.stdout
    names = [entry["outputs"]["metadata"]["name"] for entry in resources(state) if "ConfigMap" in entry["type"]]
    assert sorted(names) == sorted(f"full-disk-{number}" for number in range(MANY))

    gone = run("destroy")
    assert gone.returncode == 0, gone.stdout
    left = checkout.objects("configmaps", "--namespace", "default")
    assert not [item for item in left if item["metadata"]["name"].startswith("full-disk")]


def resources(state: Path) -> list[dict[str, Any]]:
    return json.loads(state.read_text())["deployment"]["resources"]
