"""`pulumi up` of the images that have changed, as a process that a newer change can end."""

import os
import signal
import subprocess
from collections.abc import Collection
from contextlib import suppress

from sandbox.pulumi.command import Command
from sandbox.session import Session

OPTIONS = ("--yes", "--skip-preview", "--non-interactive", "--suppress-outputs", "--suppress-progress")

CANCELLATION = 5.0
"""Seconds for each stage of ending a run: an interrupt cancels it, a second one terminates it."""


class Rollout:
    """Builds the images with these URNs and rolls out what depends on them, and nothing else of the stack."""

    def __init__(self, session: Session, images: Collection[str]) -> None:
        """Raises SandboxError for mistakes in the stack file."""
        targets = [f"--target={urn}" for urn in sorted(images)]
        project = ["--cwd", str(session.project.directory), "--stack", session.stack]
        command = Command.prepare(session.home, ["up", *OPTIONS, *targets, "--target-dependents", *project])
        self._process = subprocess.Popen(
            # Cancelled also when this process is killed.
            ["setpriv", "--pdeathsig=INT", *command.arguments],
            env=command.environment,
            stdin=subprocess.DEVNULL,
            # Ctrl-C is for the loop, which then ends this.
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
