from pathlib import Path

import pytest

from sandbox.home import Home


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "sandbox", tmp_path / "cache")
