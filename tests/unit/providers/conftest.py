"""What keeps the machine's own cluster and sandbox out of the tests."""

from pathlib import Path

import pytest

from sandbox.home import VARIABLE


@pytest.fixture(autouse=True)
def nothing_ambient(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No test may find the kubeconfig or the sandbox of whoever runs it."""
    monkeypatch.delenv("KUBECONFIG", raising=False)
    monkeypatch.delenv(VARIABLE, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
