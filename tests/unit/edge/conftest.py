"""What the edge's tests start from."""

from pathlib import Path

import pytest

from sandbox.home import Home
from tests.unit.edge.fakes import FakeCluster


@pytest.fixture
def cluster() -> FakeCluster:
    return FakeCluster()


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home", tmp_path / "cache")
