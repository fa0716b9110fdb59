"""A Pulumi Python program, and running it in this process as the language host would."""

import asyncio
import contextvars
import io
import json
import logging
import runpy
import sys
import threading
import traceback
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pulumi
import pulumi.runtime

from sandbox.engine.events import Severity
from sandbox.engine.graph import Threads
from sandbox.engine.property import Properties, secret
from sandbox.errors import SandboxError
from sandbox.redaction import Redaction

Log = Callable[[Severity, str], None]
"""Takes a severity and a message."""


@dataclass(frozen=True)
class Program:
    """A program and what it is run with. Config is by `project:key`; structured values are JSON text."""

    directory: Path
    """Holds `__main__.py`."""
    project: str
    stack: str
    config: Mapping[str, str]
    secret_keys: frozenset[str]

    @cached_property
    def disabled_default_providers(self) -> frozenset[str]:
        """Packages (`*`: all) whose resources must name their provider."""
        text = self.config.get("pulumi:disable-default-providers") or "[]"
        try:
            names = json.loads(text)
        except ValueError:
            names = None
        if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
            raise SandboxError(
                f"pulumi:disable-default-providers is {text!r}, which is no list of package names, so nothing was "
                'done. Write it like ["*"].'
            )
        return frozenset(name.strip() for name in names)

    @cached_property
    def redaction(self) -> Redaction:
        """Hides the secret part of the config. What is printed line by line is hidden line by line."""
        redaction = Redaction()
        for key, text in self.config.items():
            if key not in self.secret_keys:
                redaction.show(text)
                continue
            for secret_text in (text, *text.splitlines()):
                redaction.hide(secret_text)
        return redaction

    def package_config(self, package: str) -> Properties:
        """The inputs of a package's default provider."""
        prefix = f"{package}:"
        return {
            key.removeprefix(prefix): secret(value) if key in self.secret_keys else value
            for key, value in self.config.items()
            if key.startswith(prefix)
        }

    def run(self, monitor: Any, *, preview: bool, log: Log) -> None:
        """Run the program once, in its directory, from its first import to its last registration.

        Its errors go to `log`. Every run starts from a clean SDK, a new event loop, and freshly imported modules.
        """
        with self._as_main():
            contextvars.Context().run(self._run, monitor, preview, log)

    def _run(self, monitor: Any, preview: bool, log: Log) -> None:
        settings = pulumi.runtime.Settings(
            project=self.project,
            stack=self.stack,
            monitor=monitor,
            engine=monitor,
            dry_run=preview,
            organization="organization",
            root_directory=str(self.directory),
        )
        pulumi.runtime.configure(settings)
        pulumi.runtime.set_all_config(dict(self.config), list(self.secret_keys))
        loop, threads = asyncio.new_event_loop(), Threads()
        loop.set_default_executor(threads)
        asyncio.set_event_loop(loop)
        try:
            self._evaluate(loop, log)
            # The SDK does not wait for registrations in flight when the program fails.
            threads.drain()
        finally:
            _abandon(loop)

    def _evaluate(self, loop: asyncio.AbstractEventLoop, log: Log) -> None:
        output = _Lines(lambda line: log("info", line))
        try:
            with redirect_stdout(output), redirect_stderr(output):
                loop.run_until_complete(pulumi.runtime.run_in_stack(self._main))
        except pulumi.RunError as error:
            log("error", str(error))
        except SystemExit as error:
            if error.code not in (None, 0):
                log("error", f"The program ended itself with status {error.code}.")
        except Exception as error:
            log("error", f"Program failed with an unhandled exception:\n{self._traceback(error)}")
        finally:
            output.flush()

    def _main(self) -> None:
        runpy.run_path(str(self.directory.resolve()), run_name="__main__")

    def _traceback(self, error: Exception) -> str:
        """The exception, from the program's first own line on."""
        frames = list(traceback.walk_tb(error.__traceback__))
        own = (index for index, (frame, _) in enumerate(frames) if self._owns(frame.f_code.co_filename))
        return "".join(traceback.format_exception(error, limit=next(own, 0) - len(frames)))

    def _owns(self, file: str | None) -> bool:
        """Whether a source file belongs to the program, and not to a virtual environment or a tool inside it."""
        if file is None or not Path(file).is_absolute():
            return False
        path = Path(file).resolve()
        sandbox = Path(__file__).resolve().parent.parent
        inside = path.is_relative_to(self.directory.resolve()) and not path.is_relative_to(sandbox)
        return inside and "site-packages" not in path.parts

    @contextmanager
    def _as_main(self) -> Generator[None]:
        """Arguments and modules as if Python had been started on the program."""
        arguments, path = sys.argv, list(sys.path)
        modules = set(sys.modules)
        asyncio_log = logging.getLogger("asyncio")
        level = asyncio_log.level
        sys.argv = [str(self.directory.resolve())]
        # What is left of a failed graph is never awaited, and asyncio complains of each part.
        asyncio_log.setLevel(logging.CRITICAL)
        try:
            yield
        finally:
            asyncio_log.setLevel(level)
            sys.argv, sys.path[:] = arguments, path
            for name in set(sys.modules) - modules:
                if self._owns(getattr(sys.modules[name], "__file__", None)):
                    del sys.modules[name]


def _abandon(loop: asyncio.AbstractEventLoop) -> None:
    """Close a loop on which tasks of a failed program may be left."""
    tasks = asyncio.all_tasks(loop)
    for task in tasks:
        task.cancel()
    if tasks:
        loop.run_until_complete(asyncio.wait(tasks, timeout=1))
    asyncio.set_event_loop(None)
    loop.close()


class _Lines(io.TextIOBase):
    """Hands on the program's output in whole lines. What other threads write goes where it went before."""

    def __init__(self, take: Callable[[str], None]) -> None:
        self._take = take
        self._rest = ""
        self._program = threading.current_thread()
        self._taking = False
        self._before = sys.stdout

    def write(self, text: str) -> int:
        if self._taking or threading.current_thread() is not self._program:
            return self._before.write(text)
        *lines, self._rest = (self._rest + text).split("\n")
        self._taking = True
        try:
            for line in lines:
                self._take(line)
        finally:
            self._taking = False
        return len(text)

    def flush(self) -> None:
        if self._rest:
            self.write("\n")
