"""What keeps the machine's own cluster out of the tests."""

from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def no_ambient_cluster(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No test may find the kubeconfig of whoever runs it."""
    monkeypatch.delenv("KUBECONFIG", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
