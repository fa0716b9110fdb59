"""A scratch directory in which the Pulumi CLI evaluates stacks: backend, plugins and projects of its own."""

import shlex
import subprocess
import sys
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory

from sandbox.graph.place import Place
from sandbox.graph.plugins import launcher
from sandbox.pulumi.home import PulumiHome
from sandbox.pulumi.installation import Installation
from sandbox.pulumi.passphrase import Passphrase

Done = subprocess.CompletedProcess[str]

ROOT = Path(__file__).resolve().parents[2]

PACKAGES = ("gcp", "kubernetes", "docker")
"""Those that have a stand-in."""

PASSPHRASE = "offline"
"""Of states in which nothing is secret, and which are thrown away."""


@dataclass(frozen=True)
class Workspace:
    """What the evaluations of one command share."""

    installation: Installation
    directory: Path
    passphrase: Passphrase

    @classmethod
    @contextmanager
    def open(cls, installation: Installation) -> Generator["Workspace"]:
        """A new one, with its plugins served, which is gone afterwards."""
        with TemporaryDirectory(prefix="evaluation-") as directory:
            passphrase = Passphrase(PASSPHRASE)
            workspace = cls(installation, Path(directory), passphrase)
            workspace._install_plugins()
            with workspace._serve_plugins():
                # Made once, before several threads ask for it.
                passphrase.encrypt("")
                yield workspace

    def run(self, arguments: Sequence[str], project: Path, place: Place, imports: Path) -> Done:
        """The CLI in a project directory. No credential is inherited.

        `imports` is where programs find their own modules, ahead of installed ones.
        """
        return subprocess.run(
            [self.installation.pulumi, *arguments, "--non-interactive", "--color", "never"],
            cwd=project,
            env={
                "PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin",
                "HOME": str(self.directory / "home"),
                "LANG": "C.UTF-8",
                "PYTHONPATH": str(imports),
                "PULUMI_BACKEND_URL": f"file://{place.backend}",
                "PULUMI_HOME": str(self._home.directory),
                "PULUMI_CONFIG_PASSPHRASE": PASSPHRASE,
                "PULUMI_IGNORE_AMBIENT_PLUGINS": "true",
                "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
                "PULUMI_SKIP_UPDATE_CHECK": "true",
                "PULUMI_DISABLE_CHECKPOINT_BACKUPS": "true",
                # The event log is one of the options that only these show.
                "PULUMI_DEBUG_COMMANDS": "true",
                launcher.ENVIRONMENT: str(place.record),
            },
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
        )

    def place(self, stack: str) -> Place:
        return Place(self.directory / "stacks" / stack, self.passphrase)

    @property
    def _home(self) -> PulumiHome:
        return PulumiHome(self.directory / "pulumi-home")

    @property
    def _socket(self) -> Path:
        return self.directory / "plugins.sock"

    def _install_plugins(self) -> None:
        (self.directory / "home").mkdir()
        self._home.install_language_host(self.installation)
        for package in PACKAGES:
            command = shlex.join([sys.executable, "-I", "-S", launcher.__file__, str(self._socket), package])
            self._home.install_plugin(package, version(f"pulumi-{package}"), f'#!/bin/sh\nexec {command} "$@"\n')

    @contextmanager
    def _serve_plugins(self) -> Generator[None]:
        """A process that starts while other things are done; launched plugins wait for it."""
        server = subprocess.Popen(
            [sys.executable, "-P", "-m", "sandbox.graph.plugins", str(self._socket)],
            cwd=self.directory,
            env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin", "HOME": str(self.directory / "home")},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
        )
        try:
            yield
        finally:
            server.terminate()
            server.wait()
