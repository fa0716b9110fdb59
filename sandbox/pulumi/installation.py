"""Which Pulumi CLI and which Kubernetes provider a sandbox uses: those of this machine, else built ones."""

import os
import re
import shutil
import subprocess
import urllib.request
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from sandbox.commands import is_sandbox_command
from sandbox.errors import SandboxError
from sandbox.go.build import build
from sandbox.go.program import Build
from sandbox.home import Home
from sandbox.progress import Report
from sandbox.pulumi.builds import CLI, KUBERNETES_PROVIDER, PROGRAM_RUNNER

MINIMUM = version("pulumi")
"""The oldest CLI that is used: the version of the SDK that programs are written with."""

KUBERNETES = version("pulumi-kubernetes")
"""The version of the Kubernetes provider that programs ask for."""

PLUGIN = "pulumi-resource-kubernetes"

OFFICIAL = "https://www.pulumi.com/docs/install/"
"""Where people get the CLI."""

RELEASES = "https://get.pulumi.com/releases/plugins/"
"""Where the CLI gets plugins."""


@dataclass(frozen=True)
class Installation:
    """The CLI, with its language hosts, and the Kubernetes provider."""

    home: Home
    installed_cli: Path | None
    """`pulumi` on PATH."""
    installed_plugin: Path | None
    """The Kubernetes provider in the user's PULUMI_HOME, in the sandbox's, or on PATH."""
    cli_build: Build
    plugin_build: Build

    @classmethod
    def locate(cls, home: Home) -> "Installation":
        """What this machine has. Nothing is built or run, but `go version`."""
        return cls(
            home,
            _on_path("pulumi"),
            _installed_plugin(home),
            Build.locate(home, CLI),
            Build.locate(home, KUBERNETES_PROVIDER),
        )

    @property
    def pulumi(self) -> Path:
        """The CLI's executable, which `prepare` may have to build first."""
        return self.installed_cli or self.cli_build.executable("pulumi")

    @property
    def kubernetes_plugin(self) -> Path:
        """The provider's executable, which `prepare` may have to build or fetch first."""
        return self.installed_plugin or self.plugin_build.executable(PLUGIN)

    @property
    def program_runner(self) -> Path | None:
        """The script that our language host needs; None for an installed CLI, which has a language host of its own."""
        return None if self.installed_cli else self.cli_build.executable(PROGRAM_RUNNER)

    @property
    def missing(self) -> list[Build]:
        """What has to be built before a stack can be deployed."""
        needed = {self.cli_build: self.installed_cli, self.plugin_build: self.installed_plugin}
        return [each for each, installed in needed.items() if not installed and not each.exists]

    def prepare_cli(self, report: Report) -> "Installation":
        """Build the CLI alone if it is missing: what needs no cluster does without the Kubernetes provider."""
        self._require_version()
        build([each for each in self.missing if each is self.cli_build], report)
        return self

    def prepare(self, report: Report, *others: Build) -> "Installation":
        """Build or fetch what is missing, along with `others`; returns what there is then.

        Raises SandboxError for an installed CLI that is too old.
        """
        self._require_version()
        missing = self.missing
        fetched = self.plugin_build in missing and _published()
        build([each for each in [*others, *missing] if not (fetched and each is self.plugin_build)], report)
        if fetched:
            self._fetch_plugin(report)
        return Installation.locate(self.home)

    def version(self) -> str:
        """Of the CLI, such as `3.272.0`; it has to be there."""
        said = subprocess.run([self.pulumi, "version"], capture_output=True, text=True, check=True).stdout
        return said.strip().removeprefix("v")

    def _require_version(self) -> None:
        if self.installed_cli and _order(found := self.version()) < _order(MINIMUM):
            raise SandboxError(
                f"{self.installed_cli} is version {found}, and the programs here need {MINIMUM} or newer, so nothing "
                f"was done. Upgrade it ({OFFICIAL}), or take it off PATH: then one is built."
            )

    def _fetch_plugin(self, report: Report) -> None:
        report(f"Fetching Pulumi's Kubernetes provider {KUBERNETES}")
        command = [self.pulumi, "plugin", "install", "resource", "kubernetes", KUBERNETES]
        environment = {**os.environ, "PULUMI_HOME": str(self.home.pulumi), "PULUMI_SKIP_UPDATE_CHECK": "true"}
        done = subprocess.run(command, env=environment, capture_output=True, text=True)
        if done.returncode:
            report("It could not be fetched, so it is built.")
            build([self.plugin_build], report)


def _on_path(name: str) -> Path | None:
    """The executable of that name on PATH. The `pulumi` of any sandbox is passed over: it would look for one, too."""
    for directory in os.environ.get("PATH", "").split(os.pathsep):
        found = shutil.which(name, path=directory) if directory else None
        if found and not is_sandbox_command(Path(found)):
            return Path(found)
    return None


def _installed_plugin(home: Home) -> Path | None:
    users = Path(os.environ.get("PULUMI_HOME") or Path.home() / ".pulumi")
    places = [each / "plugins" / f"resource-kubernetes-v{KUBERNETES}" / PLUGIN for each in (users, home.pulumi)]
    # A link in the sandbox's own home leads to a build.
    return next((each for each in places if each.exists() and not each.is_symlink()), _on_path(PLUGIN))


def _published() -> bool:
    """Whether this machine reaches the place that the CLI fetches plugins from."""
    request = urllib.request.Request(f"{RELEASES}{PLUGIN}-v{KUBERNETES}-linux-amd64.tar.gz", method="HEAD")
    try:
        with urllib.request.urlopen(request, timeout=5):
            return True
    except OSError:
        return False


def _order(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", version)[:3])
