"""The real CLI, and a workspace of its own for each test."""

from pathlib import Path

import pytest

from sandbox.home import Home
from sandbox.pulumi.installation import Installation
from tests.cli.workspace import Workspace


@pytest.fixture(scope="session")
def installation() -> Installation:
    return Installation.locate(Home.locate()).prepare(print)


@pytest.fixture
def empty_workspace(tmp_path: Path, installation: Installation) -> Workspace:
    """Without a program and a stack."""
    return Workspace(tmp_path, installation)
