"""dpkg-query and apt-get are scripts here."""

from pathlib import Path

import pytest

from sandbox import packages
from sandbox.errors import SandboxError

DPKG_QUERY = """#!/bin/sh
echo 'haproxy installed'
echo 'docker-registry config-files'
"""
APT_GET = """#!/bin/sh
echo "$@" >> {calls}
grep -q "exit 101" {policy} && echo "services stay down" >> {calls}
test ! -e {broken} || {{ echo 'no such package' >&2; exit 100; }}
"""


@pytest.fixture
def calls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    policy, calls = tmp_path / "policy-rc.d", tmp_path / "calls"
    apt_get = APT_GET.format(calls=calls, policy=policy, broken=tmp_path / "broken")
    helper = f'#!/bin/sh\necho "$@" >> {calls}\n'
    for name, script in (("dpkg-query", DPKG_QUERY), ("apt-get", apt_get), ("deb-systemd-helper", helper)):
        (tmp_path / name).write_text(script)
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    monkeypatch.setattr(packages, "POLICY", policy)
    monkeypatch.setattr(packages, "PACKAGES", {"haproxy": "proxy", "docker-registry": "builds", "runc": "runs"})
    return calls


@pytest.mark.usefixtures("calls")
def test_a_package_that_was_removed_or_never_known_is_missing() -> None:
    assert packages.missing() == ["docker-registry", "runc"]


def test_only_what_is_missing_is_installed_and_its_services_stay_down(calls: Path) -> None:
    packages.install(print)
    assert calls.read_text().splitlines() == [
        "--quiet --option=DPkg::Lock::Timeout=300 update",
        "services stay down",
        "--quiet --option=DPkg::Lock::Timeout=300 install --yes --no-install-recommends docker-registry runc",
        "services stay down",
        "disable docker-registry.service",
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


def test_a_policy_of_the_machines_own_is_kept(calls: Path) -> None:
    packages.POLICY.write_text("#!/bin/sh\nexit 0\n")
    packages.install(print)
    assert packages.POLICY.read_text() == "#!/bin/sh\nexit 0\n"
    assert "services stay down" not in calls.read_text()


@pytest.mark.usefixtures("calls")
def test_a_refusal_that_a_killed_run_left_is_taken_away() -> None:
    packages.POLICY.write_text(packages.REFUSAL)
    packages.install(print)
    assert not packages.POLICY.exists()
