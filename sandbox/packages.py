"""Debian packages that the sandbox runs on."""

import os
import subprocess
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from sandbox import cluster, edge, registry
from sandbox.errors import SandboxError
from sandbox.progress import Report

PACKAGES: dict[str, str] = {**cluster.PACKAGES, **registry.PACKAGES, **edge.PACKAGES}
"""Package -> why the sandbox needs it."""

POLICY = Path("/usr/sbin/policy-rc.d")


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
                ["apt-get", "--quiet", *arguments],
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


@contextmanager
def _services_stay_down() -> Generator[None]:
    """Debian asks policy-rc.d before it starts a service; 101 is a no."""
    if POLICY.exists():
        yield
        return
    POLICY.write_text("#!/bin/sh\nexit 101\n")
    POLICY.chmod(0o755)
    try:
        yield
    finally:
        POLICY.unlink()
