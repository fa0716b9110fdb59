"""Locks of Pulumi's file backend: which process works on a stack."""

import json
import os
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

FILE = "file://"


@dataclass(frozen=True)
class Lock:
    """A lock file and what it says of the process that wrote it."""

    path: Path
    process: int
    user: str
    host: str
    since: str

    @property
    def abandoned(self) -> bool:
        """Whether the process was on this machine and is gone. One on another machine cannot be looked for."""
        return self.host == socket.gethostname() and not _runs(self.process)

    def __str__(self) -> str:
        if self.abandoned:
            state = "which is gone"
        else:
            state = "which is running" if self.host == socket.gethostname() else "which this machine cannot look for"
        return f"{self.path}: process {self.process} of {self.user} on {self.host}, {state}, since {self.since}"


def root(backend: str) -> Path:
    """The directory of a file backend with this URL."""
    return Path(backend.removeprefix(FILE).partition("?")[0]).expanduser()


def locks(backend: str, project: str, stack: str) -> Iterator[Lock]:
    """The stack's locks in a file backend with this URL."""
    directory = root(backend) / ".pulumi" / "locks"
    # Backends older than projects have no project in the path.
    for place in (directory / "organization" / project / stack, directory / stack):
        for path in sorted(place.glob("*.json")):
            content = json.loads(path.read_text())
            yield Lock(path, content["pid"], content["username"], content["hostname"], content["timestamp"])


def _runs(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    # A process that was killed and that nobody has waited for is a zombie.
    status = Path(f"/proc/{process}/stat")
    return not (status.exists() and status.read_text().rpartition(")")[2].split()[0] == "Z")
