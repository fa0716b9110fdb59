"""A run of `pulumi` whose events are seen as they come, and that can be cut off."""

import json
import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from tests.e2e.conftest import Checkout
from tests.e2e.waiting import until
from tests.faults.processes import descendants, running

STEP = 0.002
"""Seconds between looks at the events."""

PLUGINS_END = 60
"""Seconds until the plugins of a CLI that is gone must have noticed."""


@dataclass(frozen=True)
class Event:
    """The beginning or the end of a step."""

    operation: str
    """Such as `create`, `delete`, `refresh`, `same`."""
    urn: str
    done: bool


class Run:
    """`pulumi COMMAND` on the dev stack, in the sandbox's shell and in a process group of its own."""

    def __init__(self, checkout: Checkout, command: str) -> None:
        self._directory = tempfile.TemporaryDirectory()
        self._events = Path(self._directory.name, "events.json")
        self._output = Path(self._directory.name, "output")
        with self._output.open("w") as output:
            self.process = subprocess.Popen(
                ["pulumi", command, "--yes", "--skip-preview", "--non-interactive", f"--event-log={self._events}"],
                cwd=checkout.directory,
                env=checkout.variables | {"PULUMI_DEBUG_COMMANDS": "true"},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    @property
    def output(self) -> str:
        """So far."""
        return self._output.read_text()

    @property
    def events(self) -> list[Event]:
        """So far; a line that is still being written is left out."""
        try:
            lines = [json.loads(line) for line in self._events.read_text().split("\n")[:-1]]
        except FileNotFoundError:
            return []
        steps = [(line["resourcePreEvent"], False) for line in lines if "resourcePreEvent" in line]
        steps += [(line["resOutputsEvent"], True) for line in lines if "resOutputsEvent" in line]
        return [Event(step["metadata"]["op"], step["metadata"]["urn"], done) for step, done in steps]

    def wait_for(self, wanted: Callable[[list[Event]], bool]) -> bool:
        """Returns True once the events are so; False when the run ends before."""
        while self.process.poll() is None:
            if wanted(self.events):
                return True
            time.sleep(STEP)
        return False

    def kill(self, *, plugins: bool) -> bool:
        """kill -9 of the CLI, alone or with its plugins, which must end in any case; False when it has ended before."""
        started = descendants(self.process.pid)
        self.process.kill()
        for pid in running(started) if plugins else ():
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        until(lambda: not running(started), PLUGINS_END, f"the plugins {started} have ended")
        return self.process.wait() == -signal.SIGKILL

    def interrupt(self) -> None:
        """Ctrl-C in its terminal."""
        os.killpg(self.process.pid, signal.SIGINT)
