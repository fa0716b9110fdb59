"""Plugins that stay up for all runs of a dev loop: the CLI would start each of them anew in every run."""

import subprocess
import sys
from collections.abc import Mapping

from sandbox.pulumi.home import ROOT
from sandbox.pulumi.installation import Installation
from sandbox.session import Session


class Plugins:
    """The simulated providers and, where the CLI has none of its own, the language host."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._process: subprocess.Popen[str] | None = None
        self._ports: list[str] = []

    def environment(self, environment: Mapping[str, str]) -> dict[str, str]:
        """That of a run of the CLI, with what makes the CLI attach to the plugins, which are started if need be."""
        if self._process is None or self._process.poll() is not None:
            self._start(environment)
        providers = [port for port in self._ports if not port.startswith("python:")]
        languages = [port for port in self._ports if port.startswith("python:")]
        return {
            **environment,
            "PULUMI_DEBUG_PROVIDERS": ",".join(providers),
            "PULUMI_DEBUG_LANGUAGES": ",".join(languages),
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
        runner = Installation.locate(self._session.home).program_runner
        # Programs may give paths relative to the project, so it is the working directory, as for plugins of the CLI.
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "sandbox.dev.attached", *([str(runner)] if runner else [])],
            cwd=self._session.project.directory,
            env={**environment, "PYTHONPATH": str(ROOT)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout
        with self._process.stdout as ports:
            self._ports = ports.readline().split()
