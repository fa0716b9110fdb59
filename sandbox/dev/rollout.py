"""`pulumi up` of the images that have changed, as a process that a newer change can cancel."""

import os
import signal
import subprocess
from collections.abc import Collection
from contextlib import suppress

from sandbox.dev.plugins import Plugins
from sandbox.pulumi.command import Command
from sandbox.session import Session

OPTIONS = ("--yes", "--skip-preview", "--non-interactive", "--suppress-outputs", "--suppress-progress")

CANCELLATION = 5.0
"""Seconds for each stage of ending a run: an interrupt cancels it, a second one terminates it."""


class Rollout:
    """Builds some images and rolls out what depends on them, and nothing else of the stack."""

    def __init__(self, command: Command, images: Collection[str]) -> None:
        """`command` is a targeted `pulumi up` that lacks the targets; `images` are URNs."""
        self._process = subprocess.Popen(
            # setpriv: it is canceled also when this process is killed.
            ["setpriv", "--pdeathsig=INT", *command.arguments, *(f"--target={urn}" for urn in sorted(images))],
            env=command.environment,
            stdin=subprocess.DEVNULL,
            # Ctrl-C is for the loop, which then cancels this.
            start_new_session=True,
        )

    @property
    def running(self) -> bool:
        return self._process.poll() is None

    @property
    def succeeded(self) -> bool:
        """Whether it has ended with everything deployed."""
        return self._process.poll() == 0

    def cancel(self) -> None:
        """End it where it is. The CLI saves its state and releases its lock; the next run goes on from there."""
        for _ in range(2):
            if self.running:
                self._process.send_signal(signal.SIGINT)
                with suppress(subprocess.TimeoutExpired):
                    self._process.wait(CANCELLATION)
        if self.running:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()


class Rollouts:
    """Starts the rollouts of one stack. What they have in common is done once, ahead of the first."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._plugins = Plugins(session)
        self._command: Command | None = None
        self._prepared: dict[str, int] = {}
        """When each file that `_command` was prepared from had changed last, in nanoseconds."""

    def prepare(self) -> Command:
        """What every rollout executes, made anew when the stack's configuration has changed.

        Raises SandboxError for mistakes in the stack file.
        """
        changed = self._configuration_times()
        if self._command is None or changed != self._prepared:
            project = ["--cwd", str(self._session.project.directory), "--stack", self._session.stack]
            command = Command.prepare(self._session.home, ["up", *OPTIONS, "--target-dependents", *project])
            self._command, self._prepared = command, changed
        return Command(self._command.arguments, self._plugins.environment(self._command.environment))

    def start(self, images: Collection[str]) -> Rollout:
        """Raises SandboxError for mistakes in the stack file."""
        return Rollout(self.prepare(), images)

    def close(self) -> None:
        """End what serves the rollouts."""
        self._plugins.close()

    def _configuration_times(self) -> dict[str, int]:
        names = "Pulumi.yaml", f"Pulumi.{self._session.stack}.yaml", "sandbox.yaml"
        files = [self._session.project.directory / name for name in names]
        return {file.name: file.stat().st_mtime_ns for file in files if file.exists()}
