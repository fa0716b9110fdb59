"""One command at a time changes a sandbox."""

import fcntl
import os
from collections.abc import Generator
from contextlib import contextmanager

from sandbox.errors import SandboxError
from sandbox.home import Home


@contextmanager
def exclusive(home: Home, command: str) -> Generator[None]:
    """Hold the sandbox for `command`; refused with the holder's pid. The kernel lets go when the holder dies."""
    home.root.mkdir(parents=True, exist_ok=True)
    with (home.root / "lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            holder, _, running = lock.read().partition(" ")
            raise SandboxError(
                f"`{running}` (pid {holder}) is changing this sandbox, so `{command}` did nothing. "
                "Wait for it to end, or end it and run this again."
            ) from None
        lock.truncate(0)
        lock.write(f"{os.getpid()} {command}")
        lock.flush()
        yield
        lock.truncate(0)
