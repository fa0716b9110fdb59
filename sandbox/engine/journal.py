"""What an operation did since the state file was written, so that nothing is lost when it is killed.

One JSON object a line. The first names the state file it continues; each other is a change. A last line cut short
by a crash was never acted on and does not count.
"""

import errno
import hashlib
import json
import os
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sandbox.engine.resource import Resource
from sandbox.engine.secrets import Passphrase
from sandbox.engine.snapshot import Begin, Change, Drop, End, Put
from sandbox.errors import SandboxError


class Journal:
    """Append-only; the file appears with the first change."""

    def __init__(self, path: Path, base: str, passphrase: Passphrase) -> None:
        self.path = path
        self._base = base
        self._passphrase = passphrase
        self._lock = threading.Lock()
        self._descriptor: int | None = None
        self._closed = False

    def append(self, change: Change) -> None:
        """Write the change, in the order of the calls."""
        with self._lock:
            if self._closed:
                raise ValueError(f"{self.path} is closed")
            if self._descriptor is None:
                self._descriptor = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_TRUNC, 0o600)
                self._write({"base": self._base, "salt": self._passphrase.salt_state})
            self._write(_to_json(change, self._passphrase))

    def sync(self) -> None:
        """Return once all that was written before has reached the disk."""
        if self._descriptor is not None:
            os.fsync(self._descriptor)

    def _write(self, line: dict[str, Any]) -> None:
        assert self._descriptor is not None
        content = json.dumps(line, separators=(",", ":")).encode() + b"\n"
        if os.write(self._descriptor, content) < len(content):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(self.path))

    def close(self) -> None:
        """End it: nothing more can be appended."""
        with self._lock:
            self._closed = True
            if self._descriptor is not None:
                os.close(self._descriptor)


def path_of(state: Path) -> Path:
    """Where the journal of a state file lies; it is there during an operation, and after one that was killed."""
    return state.with_suffix(".journal")


def digest(content: bytes) -> str:
    """Names the content of a state file."""
    return hashlib.sha256(content).hexdigest()


def base(path: Path) -> str | None:
    """The digest of the state file that a journal continues; None when there is no journal."""
    return next(_lines(path), {}).get("base")


def salt(path: Path) -> str | None:
    """The salt of the secrets in a journal; None when there is no journal."""
    return next(_lines(path), {}).get("salt")


def replay(path: Path, base: str, passphrase: Passphrase) -> Iterator[Change]:
    """The changes made since the state file `base`; none when the journal is of an earlier one."""
    lines = _lines(path)
    if next(lines, {}).get("base") == base:
        for line in lines:
            yield _from_json(line, passphrase)


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    content = path.read_bytes() if path.exists() else b""
    for number, line in enumerate(content.split(b"\n")[:-1], 1):
        try:
            yield json.loads(line)
        except ValueError:
            raise SandboxError(
                f"The journal {path}, which holds what an interrupted run did, is damaged at line {number}. Nothing "
                "was changed. Move it away, refresh the stack, and look for what that run made beyond the state."
            ) from None


def _to_json(change: Change, passphrase: Passphrase) -> dict[str, Any]:
    match change:
        case Begin(operation, resource):
            return {"begin": operation, "resource": resource.to_json(passphrase)}
        case Put(resource, replaces, condemn, created):
            put = resource.to_json(passphrase)
            return {"put": put, "replaces": replaces, "condemn": condemn, "created": created}
        case Drop(resource):
            return {"drop": resource.to_json(passphrase)}
        case End(urn, operation):
            return {"end": urn, "operation": operation}


def _from_json(line: dict[str, Any], passphrase: Passphrase) -> Change:
    match line:
        case {"begin": operation, "resource": resource}:
            return Begin(operation, Resource.from_json(resource, passphrase))
        case {"put": resource, "replaces": replaces, "condemn": condemn, "created": created}:
            return Put(Resource.from_json(resource, passphrase), replaces, condemn, created)
        case {"drop": resource}:
            return Drop(Resource.from_json(resource, passphrase))
        case _:
            return End(line["end"], line["operation"])
