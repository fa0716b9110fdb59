"""The edge says beforehand what would keep it from serving."""

import shutil
from pathlib import Path

import pytest

from sandbox.edge import PACKAGES, Edge
from sandbox.edge.proxy import Proxy
from sandbox.errors import SandboxError
from sandbox.home import Home


def test_a_home_too_deep_for_a_socket_is_refused_with_its_length(tmp_path: Path) -> None:
    deep = Home(tmp_path / ("d" * 100), tmp_path)
    with pytest.raises(SandboxError, match="bytes") as refused:
        Proxy(deep).check()
    assert str(deep.run) in str(refused.value)


def test_a_missing_haproxy_is_an_error_with_its_remedy(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", {}.get)
    with pytest.raises(SandboxError, match="apt-get install haproxy"):
        Edge(home).check()


def test_stopping_what_never_ran_is_no_error(home: Home) -> None:
    Edge(home).stop()


def test_haproxy_is_the_one_package_needed() -> None:
    assert set(PACKAGES) == {"haproxy"}
