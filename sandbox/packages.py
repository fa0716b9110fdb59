"""Debian packages that the sandbox runs on."""

import os
import subprocess
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from sandbox import cluster, edge, registry
from sandbox.errors import SandboxError
from sandbox.progress import Report

PACKAGES: dict[str, str] = {
    **cluster.PACKAGES,
    **registry.PACKAGES,
    **edge.PACKAGES,
    "curl": "asking the app, as `up` says",
}
"""Package -> why the sandbox needs it."""

POLICY = Path("/usr/sbin/policy-rc.d")
REFUSAL = "#!/bin/sh\n# No service starts while the sandbox installs packages.\nexit 101\n"
"""Debian asks it before it starts a service; 101 is a no."""

SERVICES = {
    "etcd-server": "etcd",
    "containerd": "containerd",
    "docker-registry": "docker-registry",
    "haproxy": "haproxy",
}
"""Package -> the service that it would start at every boot, on all addresses."""


def missing() -> list[str]:
    """The packages that are not installed."""
    query = ["dpkg-query", "--show", "--showformat=${Package} ${db:Status-Status}\n", *PACKAGES]
    shown = subprocess.run(query, capture_output=True, text=True, check=False).stdout
    installed = {line.removesuffix(" installed") for line in shown.splitlines() if line.endswith(" installed")}
    return [package for package in PACKAGES if package not in installed]


def install(report: Report) -> None:
    """Install what is missing, without letting Debian start the services that come with it. Needs root."""
    wanted = missing()
    if not wanted:
        return
    report(f"Installing Debian packages: {', '.join(wanted)}")
    with _services_stay_down():
        for arguments in (["update"], ["install", "--yes", "--no-install-recommends", *wanted]):
            done = subprocess.run(
                ["apt-get", "--quiet", "--option=DPkg::Lock::Timeout=300", *arguments],
                env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
                capture_output=True,
                text=True,
                check=False,
            )
            if done.returncode:
                raise SandboxError(
                    f"`apt-get {arguments[0]}` failed, and the sandbox needs {', '.join(wanted)}. Nothing was started. "
                    f"Mend the machine's package sources and run this again.\n{(done.stdout + done.stderr)[-2000:]}"
                )
    for service in (SERVICES[package] for package in wanted if package in SERVICES):
        # Works without systemd too, where a later boot with it would start the service.
        subprocess.run(["deb-systemd-helper", "disable", f"{service}.service"], capture_output=True, check=False)


@contextmanager
def _services_stay_down() -> Generator[None]:
    """Unless the machine has a policy of its own; a file that a killed run left is ours."""
    if POLICY.exists() and POLICY.read_text() != REFUSAL:
        yield
        return
    POLICY.write_text(REFUSAL)
    POLICY.chmod(0o755)
    try:
        yield
    finally:
        POLICY.unlink()
