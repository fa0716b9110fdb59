"""A run of `pulumi` whose events are seen as they come, and that can be cut off."""

import json
import os
import signal
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from tests.e2e.conftest import Checkout
from tests.e2e.waiting import until
from tests.faults.processes import Identity, command_line, descendants, running

STEP = 0.002
"""Seconds between looks at the events."""

PLUGINS_END = 60
"""Seconds until a plugin must have noticed that its CLI is gone."""

UPSTREAM = "pulumi-resource-kubernetes"


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
        self._events = checkout.directory / "events.json"
        self._events.unlink(missing_ok=True)
        self._output = checkout.directory / "output"
        self._plugins: list[Identity] = []
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
        """kill -9 of the CLI, alone or with everything that it started; False when it has ended before."""
        self._plugins = descendants(self.process.pid)
        self.process.kill()
        for pid in running(self._plugins) if plugins else ():
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        return self.process.wait() == -signal.SIGKILL

    def leave_no_plugin(self) -> None:
        """The sandbox's own have ended by themselves. Kubernetes' looks for its engine every five minutes: end it."""

        def left() -> list[int]:
            return [pid for pid in running(self._plugins) if UPSTREAM not in command_line(pid)]

        until(lambda: not left(), PLUGINS_END, "the plugins of a killed CLI have ended")
        for pid in running(self._plugins):
            os.kill(pid, signal.SIGKILL)

    def interrupt(self) -> None:
        """Ctrl-C in its terminal."""
        os.killpg(self.process.pid, signal.SIGINT)
