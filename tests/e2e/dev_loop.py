"""The dev loop as somebody runs it in a terminal, and ends it with Ctrl-C."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.e2e.conftest import Checkout


@contextmanager
def developing(checkout: Checkout, *arguments: str) -> Generator[Callable[[], str]]:
    """`python -m sandbox dev ARGUMENTS`; yields a function that returns its output so far."""
    transcript = checkout.directory / "dev.log"
    with _begun(checkout, transcript, arguments) as loop:
        try:
            time.sleep(2)
            yield transcript.read_text
        finally:
            loop.send_signal(signal.SIGINT)
            loop.wait(300)
    assert loop.returncode == 0, transcript.read_text()


def _begun(checkout: Checkout, transcript: Path, arguments: Sequence[str]) -> "subprocess.Popen[bytes]":
    """The loop's process, once it watches; in a sandbox that is shared it waits for its turn."""
    while True:
        with transcript.open("w") as output:
            loop = subprocess.Popen(
                [sys.executable, "-m", "sandbox", "dev", *arguments],
                cwd=checkout.directory,
                env={**os.environ, "COLUMNS": "160"},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        while loop.poll() is None and "Watching" not in transcript.read_text():
            time.sleep(0.1)
        if loop.poll() is None or "is changing this sandbox, so" not in transcript.read_text():
            return loop
        time.sleep(1)
