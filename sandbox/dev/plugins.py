"""Plugins that stay up for all runs of a dev loop: the CLI would start each of them anew in every run."""

import subprocess
import sys
from collections import Counter
from collections.abc import Mapping

from sandbox.commands import ROOT
from sandbox.pulumi.home import SIMULATED
from sandbox.pulumi.installation import Installation
from sandbox.pulumi.stack import Stack
from sandbox.session import Session


class Plugins:
    """The simulated providers and, where the CLI has none of its own, the language host."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self._process: subprocess.Popen[str] | None = None
        self._ports: list[tuple[str, str]] = []
        """Names of the plugins, and where they listen."""

    def environment(self, environment: Mapping[str, str]) -> dict[str, str]:
        """That of a run of the CLI, with what makes the CLI attach to the plugins, which are started if need be."""
        if self._process is None or self._process.poll() is not None:
            self._start(environment)
        # A plugin has the configuration of one provider resource, so several of a package need processes of their own.
        providers = Counter(entry["type"] for entry in Stack(self.session).resources)
        single = [package for package in SIMULATED if providers[f"pulumi:providers:{package}"] == 1]
        return {
            **environment,
            "PULUMI_DEBUG_PROVIDERS": ",".join(f"{name}:{port}" for name, port in self._ports if name in single),
            "PULUMI_DEBUG_LANGUAGES": ",".join(f"{name}:{port}" for name, port in self._ports if name == "python"),
        }

    @property
    def pid(self) -> int | None:
        """Of the process that serves them all; None before they are first needed."""
        return self._process.pid if self._process else None

    def close(self) -> None:
        """End them."""
        if self._process:
            self._process.terminate()
            self._process.wait()

    def _start(self, environment: Mapping[str, str]) -> None:
        runner = Installation.locate(self.session.home).program_runner
        # Programs may give paths relative to the project, so it is the working directory, as for plugins of the CLI.
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "sandbox.dev.attached", *([str(runner)] if runner else [])],
            cwd=self.session.project.directory,
            env={**environment, "PYTHONPATH": str(ROOT)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout
        with self._process.stdout as output:
            self._ports = [
                (name, port) for name, _, port in (each.partition(":") for each in output.readline().split())
            ]
