"""The registry's configuration and what keeps it from starting."""

import socket
from pathlib import Path

import pytest

from sandbox.errors import SandboxError
from sandbox.home import Home
from sandbox.registry import registry as module
from sandbox.registry.registry import Registry, configuration


def test_the_registry_listens_on_loopback_only(tmp_path: Path):
    assert configuration(tmp_path)["http"]["addr"].startswith("127.0.0.1:")


def test_the_registry_demands_sign_in(tmp_path: Path):
    assert configuration(tmp_path)["auth"]["htpasswd"]["path"] == str(tmp_path / "htpasswd")


def test_a_taken_port_is_an_error_that_names_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        monkeypatch.setattr(module, "PORT", port)
        with pytest.raises(SandboxError, match=f"Port {port} .* taken"):
            Registry(Home(tmp_path / "home", tmp_path / "cache")).start(lambda _: None)
    assert not (tmp_path / "home" / "registry").exists()
