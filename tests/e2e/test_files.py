"""What is the user's stays as it is: stack files, and plugins that reach a real cloud."""

import os
import shutil
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

import pytest

from tests.e2e.conftest import Checkout
from tests.e2e.summary import summary

pytestmark = pytest.mark.e2e

MINE = "mine"
SCENARIOS = {
    "init": f"pulumi stack init {MINE}",
    "select": f"pulumi stack init {MINE}; pulumi stack select {MINE}",
    "rm": f"pulumi stack init {MINE}; pulumi stack rm --yes {MINE}",
    "preview": f"pulumi stack init {MINE}; pulumi preview --stack {MINE}",
    "rename": f"pulumi stack init {MINE}; pulumi stack rename other --stack {MINE}; pulumi stack rm --yes other",
    "destroy": f"pulumi stack init {MINE}; pulumi destroy --yes --remove --stack {MINE}",
}
"""What is typed."""


@pytest.fixture
def mine(checkout: Checkout) -> Iterator[Path]:
    """The stack file of a stack that is not initialized."""
    file = checkout.directory / f"Pulumi.{MINE}.yaml"
    shutil.copy(checkout.directory / "Pulumi.dev.yaml", file)
    yield file
    checkout.shell(f"pulumi stack rm --yes --force {MINE}")
    file.unlink()


def files(checkout: Checkout) -> dict[str, bytes]:
    """Content by path of what a user writes."""
    paths = [
        path for path in checkout.directory.rglob("*") if path.is_file() and not path.is_relative_to(checkout.home)
    ]
    relative = {path.relative_to(checkout.directory): path for path in paths}
    foreign = {".venv", "__pycache__", "transcript"}
    return {str(name): path.read_bytes() for name, path in relative.items() if not foreign & set(name.parts)}


@pytest.mark.usefixtures("mine")
@pytest.mark.parametrize("name", SCENARIOS)
def test_a_command_leaves_the_users_files_as_they_are(checkout: Checkout, name: str) -> None:
    before = files(checkout)
    checkout.shell_output(SCENARIOS[name])
    assert files(checkout) == before


@pytest.mark.usefixtures("mine")
def test_a_stack_that_comes_and_goes_leaves_the_users_files_as_they_are(checkout: Checkout) -> None:
    checkout.succeed("up")
    before = files(checkout)
    checkout.shell_output("pulumi up --yes; pulumi destroy --yes --remove", stack=MINE)
    assert files(checkout) == before
    assert not checkout.checkpoint(stack=MINE).exists()


@pytest.mark.parametrize("place", ["PATH", "home"])
def test_a_plugin_of_the_user_for_google_is_never_run(checkout: Checkout, tmp_path: Path, place: str) -> None:
    ran, plugins = tmp_path / "ran", tmp_path / ".pulumi" / "plugins"
    for package in ("gcp", "docker"):
        name = f"pulumi-resource-{package}"
        directory = plugins / f"resource-{package}-v{version(f'pulumi-{package}')}" if place == "home" else tmp_path
        directory.mkdir(parents=True, exist_ok=True)
        (directory / name).write_text(f"#!/bin/sh\necho $0 >> {ran}\nexit 1\n")
        (directory / name).chmod(0o755)
    environment = {
        "HOME": str(tmp_path),
        # What was built before stays where it is.
        "XDG_CACHE_HOME": os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache"),
        "PATH": f"{tmp_path}:{Path(checkout.directory, '.venv', 'bin')}:{os.environ['PATH']}",
    }
    for output in (
        checkout.succeed("preview", **environment),
        checkout.shell_output("pulumi preview", **environment),
    ):
        assert summary(output)
    assert not ran.exists(), ran.read_text()
