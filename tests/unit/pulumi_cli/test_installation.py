from pathlib import Path

import pytest

from sandbox.commands import install
from sandbox.errors import SandboxError
from sandbox.home import Home
from sandbox.pulumi.installation import KUBERNETES, MINIMUM, PLUGIN, Installation


def test_an_installed_cli_and_provider_are_used_and_nothing_is_built(home: Home, pulumi: Path) -> None:
    installation = Installation.locate(home)
    assert installation.pulumi == pulumi
    assert installation.kubernetes_plugin == pulumi.with_name(PLUGIN)
    assert installation.program_runner is None
    assert not installation.missing
    assert installation.prepare(pytest.fail).pulumi == pulumi


def test_the_commands_of_this_and_of_other_sandboxes_are_no_installed_cli(
    home: Home, pulumi: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = Home(tmp_path / "other", tmp_path / "cache")
    for each in (home, other):
        install(each)
    monkeypatch.setenv("PATH", f"{home.bin}:{other.bin}:{pulumi.parent}:/usr/bin:/bin")
    assert Installation.locate(home).pulumi == pulumi


def test_an_old_cli_is_refused_with_its_version_and_the_remedy(home: Home, pulumi: Path) -> None:
    pulumi.write_text("#!/bin/sh\necho v3.1.0\n")
    with pytest.raises(SandboxError, match=rf"is version 3\.1\.0.*need {MINIMUM} or newer.*Upgrade it"):
        Installation.locate(home).prepare(pytest.fail)


def test_a_provider_in_the_users_pulumi_home_is_used(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plugin = tmp_path / "users" / "plugins" / f"resource-kubernetes-v{KUBERNETES}" / PLUGIN
    plugin.parent.mkdir(parents=True)
    plugin.touch()
    monkeypatch.setenv("PULUMI_HOME", str(tmp_path / "users"))
    monkeypatch.setenv("PATH", "/nonexistent")
    assert Installation.locate(home).kubernetes_plugin == plugin


def test_without_either_both_are_missing(home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nonexistent")
    monkeypatch.setenv("PULUMI_HOME", str(tmp_path))
    installation = Installation.locate(home)
    assert installation.missing == [installation.cli_build, installation.plugin_build]
    assert installation.program_runner
