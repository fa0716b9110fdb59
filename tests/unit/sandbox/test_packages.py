"""dpkg-query and apt-get are scripts here."""

from pathlib import Path

import pytest

from sandbox import packages
from sandbox.errors import SandboxError

DPKG_QUERY = """#!/bin/sh
echo 'haproxy installed'
echo 'buildah config-files'
"""
APT_GET = """#!/bin/sh
echo "$@" >> {calls}
test -e {policy} && echo "services stay down" >> {calls}
test ! -e {broken} || {{ echo 'no such package' >&2; exit 100; }}
"""


@pytest.fixture
def calls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    policy, calls = tmp_path / "policy-rc.d", tmp_path / "calls"
    apt_get = APT_GET.format(calls=calls, policy=policy, broken=tmp_path / "broken")
    for name, script in (("dpkg-query", DPKG_QUERY), ("apt-get", apt_get)):
        (tmp_path / name).write_text(script)
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    monkeypatch.setattr(packages, "POLICY", policy)
    monkeypatch.setattr(packages, "PACKAGES", {"haproxy": "proxy", "buildah": "builds", "runc": "runs"})
    return calls


@pytest.mark.usefixtures("calls")
def test_a_package_that_was_removed_or_never_known_is_missing() -> None:
    assert packages.missing() == ["buildah", "runc"]


def test_only_what_is_missing_is_installed_and_its_services_stay_down(calls: Path) -> None:
    packages.install(print)
    assert calls.read_text().splitlines() == [
        "--quiet update",
        "services stay down",
        "--quiet install --yes --no-install-recommends buildah runc",
        "services stay down",
    ]
    assert not packages.POLICY.exists()


def test_a_failed_installation_tells_what_apt_said_and_cleans_up(calls: Path) -> None:
    (calls.parent / "broken").touch()
    with pytest.raises(SandboxError, match=r"apt-get update` failed(.|\n)*no such package"):
        packages.install(print)
    assert not packages.POLICY.exists()


def test_nothing_missing_calls_nothing(calls: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packages, "PACKAGES", {"haproxy": "proxy"})
    packages.install(print)
    assert not calls.exists()
