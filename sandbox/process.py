"""A long-running process of the sandbox, found again by its pid file."""

import json
import os
import signal
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from sandbox.errors import SandboxError
from sandbox.home import Home


def started_at(pid: int) -> str | None:
    """The kernel's start time of a live process, in clock ticks since boot; None when it is gone.

    With the boot id it tells a process from a later one that got the same pid.
    """
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return None
    state, *fields = stat.rpartition(")")[2].split()
    if state == "Z":
        return None
    boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    return f"{boot}:{fields[18]}"


@dataclass(frozen=True)
class Process:
    """One named process: `run/<name>.json` says which, `logs/<name>.log` what it said."""

    home: Home
    name: str

    @property
    def pid_file(self) -> Path:
        return self.home.run / f"{self.name}.json"

    @property
    def log(self) -> Path:
        return self.home.logs / f"{self.name}.log"

    @property
    def pid(self) -> int | None:
        """Its pid while it runs, else None; a pid file left by a crash or a reboot counts as none."""
        try:
            record = json.loads(self.pid_file.read_text())
        except (FileNotFoundError, json.JSONDecodeError):
            return None
        alive = started_at(record["pid"])
        return record["pid"] if alive is not None and alive == record["started"] else None

    def start(self, command: Sequence[str | Path], environment: Mapping[str, str] | None = None) -> int:
        """Start it in a session of its own, unless it runs already; returns the pid."""
        if pid := self.pid:
            return pid
        self.home.run.mkdir(parents=True, exist_ok=True)
        self.home.logs.mkdir(parents=True, exist_ok=True)
        arguments = [str(part) for part in command]
        pid = os.posix_spawnp(
            arguments[0],
            arguments,
            {**os.environ, **(environment or {})},
            file_actions=[
                (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
                (os.POSIX_SPAWN_OPEN, 1, str(self.log), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644),
                (os.POSIX_SPAWN_DUP2, 1, 2),
            ],
            setsid=True,
            # Python ignores it, and children would inherit that.
            setsigdef=[signal.SIGPIPE],
        )
        self.pid_file.write_text(json.dumps({"pid": pid, "started": started_at(pid)}))
        return pid

    def wait(self, ready: Callable[[], bool], seconds: float) -> None:
        """Return once `ready()`; raise with the end of the log when it exits or the time is up."""
        deadline = time.monotonic() + seconds
        while not ready():
            if self.pid is None:
                raise SandboxError(f"{self.name} stopped while starting.\n{self.tail()}")
            if time.monotonic() > deadline:
                raise SandboxError(f"{self.name} is not ready after {seconds:.0f} s.\n{self.tail()}")
            time.sleep(0.05)

    def stop(self, seconds: float = 20) -> None:
        """SIGTERM, then SIGKILL after `seconds`; returns once the process is gone."""
        if pid := self.pid:
            deadline = time.monotonic() + seconds
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGTERM)
                while started_at(pid) is not None:
                    if time.monotonic() > deadline:
                        os.kill(pid, signal.SIGKILL)
                    time.sleep(0.02)
        self.pid_file.unlink(missing_ok=True)

    def tail(self, lines: int = 15) -> str:
        """The last lines of its log, headed by the log's path."""
        text = self.log.read_text(errors="replace").splitlines() if self.log.exists() else []
        return "\n".join([f"The end of {self.log}:", *text[-lines:]])
