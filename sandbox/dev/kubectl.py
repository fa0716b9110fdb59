"""kubectl commands that write until they are ended, such as `--watch` and `--follow`."""

import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path


class Kubectl:
    """Runs commands on any thread, and ends all of them."""

    def __init__(self, executable: Path) -> None:
        self._executable = executable
        self._lock = threading.Lock()
        self._processes = set[subprocess.Popen[str]]()
        self._closed = threading.Event()

    @property
    def closed(self) -> bool:
        return self._closed.is_set()

    def lines(self, *arguments: str) -> Iterator[str]:
        """What the command writes, errors included, line by line; nothing once this is closed."""
        with self._lock:
            if self.closed:
                return
            process = subprocess.Popen(
                # It also ends when this process is killed.
                ["setpriv", "--pdeathsig=TERM", self._executable, *arguments],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                errors="replace",
            )
            self._processes.add(process)
        with process:
            for line in process.stdout or ():
                yield line.removesuffix("\n")
        with self._lock:
            self._processes.discard(process)

    def wait(self, seconds: float) -> None:
        """Return after this time, or once this is closed."""
        self._closed.wait(seconds)

    def close(self) -> None:
        """End every command that runs; no other begins."""
        with self._lock:
            self._closed.set()
            for process in self._processes:
                process.terminate()
