"""The dev loop: from a saved change of the app's code until a visitor sees it."""

import signal
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import NamedTemporaryFile
from urllib.request import Request, urlopen

from bench.row import Row
from bench.sandbox_command import REPOSITORY, seconds, status

CODE = REPOSITORY / "app" / "settings.py"
GREETING = "Hello World"
CHANGES = 3
PATIENCE = 120
"""Seconds for the loop to watch, and for each change to be served."""


def rows() -> list[Row]:
    """Needs root; starts the sandbox, and leaves it with the stack up. Changes the app's code meanwhile."""
    seconds("up")
    with NamedTemporaryFile("w") as output:
        loop = subprocess.Popen(
            [sys.executable, "-m", "sandbox", "dev", ".", "--keep"],
            cwd=REPOSITORY,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
        )
        original = CODE.read_text()
        try:
            changes = _changes(original, Path(output.name).read_text)
        finally:
            CODE.write_text(original)
            loop.send_signal(signal.SIGINT)
            loop.wait()
    seconds("up")
    return [Row("dev loop, from saved to served", statistics.median(changes), "allowed", 5, "s", 1)]


def _changes(original: str, output: Callable[[], str]) -> list[float]:
    """Seconds until each of some changes is served; the next is made once the loop has nothing left to do."""
    _wait("the loop watches", lambda: "Watching" in output())
    deployed = status()
    request = Request(f"http://{deployed['address']}/", headers={"Host": deployed["domain"]})

    def served() -> str:
        with urlopen(request, timeout=PATIENCE) as response:
            return response.read().decode()

    taken: list[float] = []
    for number in range(1, CHANGES + 1):
        greeting = f"Hello {number}"
        start = time.perf_counter()
        CODE.write_text(original.replace(GREETING, greeting))
        _wait(f"{greeting!r} is served", lambda greeting=greeting: greeting in served())
        taken.append(time.perf_counter() - start)
        _wait(f"{greeting!r} is deployed", lambda number=number: output().count("Deployed") == number)
    return taken


def _wait(what: str, condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, f"not within {PATIENCE} s: {what}"
        time.sleep(0.05)
