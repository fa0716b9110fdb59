from pathlib import Path

import pytest

from sandbox.home import Home

PULUMI = """\
#!/bin/sh
[ "$1" = version ] && { echo v999.0.0; exit; }
[ "$1 $2" = "stack --show-name" ] && { echo selected; exit; }
exit 1
"""


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "sandbox", tmp_path / "cache")


@pytest.fixture
def pulumi(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A `pulumi` on PATH that knows its version and which stack is selected, and a Kubernetes plugin beside it."""
    directory = tmp_path / "installed"
    directory.mkdir()
    for name in ("pulumi", "pulumi-resource-kubernetes"):
        (directory / name).write_text(PULUMI)
        (directory / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{directory}:/usr/bin:/bin")
    monkeypatch.setenv("HOME", str(tmp_path / "user"))
    return directory / "pulumi"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with one stack file, whose overlay replaces a value."""
    directory = tmp_path / "project"
    directory.mkdir()
    (directory / "Pulumi.yaml").write_text(
        "name: example\nruntime: {name: python, options: {toolchain: pip, virtualenv: ../venv}}\n"
    )
    (directory / "Pulumi.dev.yaml").write_text("config:\n  example:replicas: 2\n  example:project: my-project\n")
    (directory / "sandbox.yaml").write_text(
        "config:\n  example:project: sandbox\n  example:token: {secret: '${registry.token}'}\n"
    )
    return directory
