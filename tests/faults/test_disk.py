"""A disk that is full when the state is written: `recover` finds what exists, and nothing is lost."""

import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from tests.e2e.conftest import Checkout
from tests.e2e.summary import summary

pytestmark = pytest.mark.faults

PROJECT = "full-disk"
PROGRAM = """\
import pulumi
from pulumi_kubernetes.core.v1 import ConfigMap

for number in range(pulumi.Config().require_int("maps")):
    ConfigMap(f"map-{number}", metadata={"name": f"full-disk-{number}"}, data={"text": "x" * 4000})
"""
SIZE = "256k"
MANY = 60


@pytest.fixture
def program(checkout: Checkout, tmp_path: Path) -> Path:
    """A project whose state grows by some kilobytes with each of its ConfigMaps."""
    (tmp_path / "__main__.py").write_text(PROGRAM)
    (tmp_path / "Pulumi.yaml").write_text(yaml.safe_dump({"name": PROJECT, "runtime": "python"}))
    configure(tmp_path, 2)
    checkout.succeed("up")
    return tmp_path


@pytest.fixture
def states(checkout: Checkout) -> Iterator[Path]:
    """The directory of the project's states, on a file system of its own with little room."""
    directory = checkout.checkpoint(PROJECT).parent
    directory.mkdir(parents=True, exist_ok=True)
    mount("-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", str(directory))
    try:
        yield directory
    finally:
        subprocess.run(["umount", directory], check=True)


def mount(*arguments: str) -> None:
    subprocess.run(["mount", *arguments], check=True)


def configure(program: Path, maps: int) -> None:
    (program / "Pulumi.dev.yaml").write_text(yaml.safe_dump({"config": {f"{PROJECT}:maps": str(maps)}}))


def existing(checkout: Checkout) -> set[str]:
    names = [each["metadata"]["name"] for each in checkout.objects("configmaps", "--namespace", "default")]
    return {name for name in names if name.startswith(PROJECT)}


def held(checkout: Checkout) -> list[str]:
    """Names of the ConfigMaps in the state."""
    resources = checkout.deployment(PROJECT)["resources"]
    return sorted(each["id"].partition("/")[2] for each in resources if each["type"].endswith(":ConfigMap"))


def test_a_full_disk_loses_nothing(checkout: Checkout, program: Path, states: Path) -> None:
    place = ("--project", str(program))
    checkout.succeed("up", *place)
    configure(program, MANY)
    full = checkout.run("up", *place)
    assert full.returncode != 0
    assert "no space left on device" in full.stdout

    mount("-o", "remount,size=64m", str(states))
    environment = {**checkout.variables, "PULUMI_STACK": "dev"}
    command = f"{shlex.quote(sys.executable)} -m operations recover --project {shlex.quote(str(program))} --stack dev"
    done = subprocess.run(
        command, shell=True, cwd=checkout.directory, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert held(checkout) == sorted(existing(checkout))

    assert summary(checkout.succeed("up", *place))["created"] > 0
    assert held(checkout) == sorted(existing(checkout))
    assert len(held(checkout)) == MANY
    checkout.succeed("destroy", *place)
    assert existing(checkout) == set()
