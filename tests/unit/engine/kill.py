"""The end of an operation's process at a chosen moment."""

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest

from sandbox.engine.journal import Journal
from sandbox.engine.snapshot import Change
from tests.unit.engine.cloud import Stack


class Killed(BaseException):
    """Stands for the end of the process: nothing is recorded from here on."""


@contextmanager
def limited(monkeypatch: pytest.MonkeyPatch, changes: int, error: BaseException) -> Generator[list[Change]]:
    """Lets so many changes into the journal, those in the list, and raises the error at every other."""
    append = Journal.append
    written: list[Change] = []

    def limit(journal: Journal, change: Change) -> None:
        if len(written) >= changes:
            raise error
        append(journal, change)
        written.append(change)

    with monkeypatch.context() as patch:
        patch.setattr(Journal, "append", limit)
        yield written


@dataclass
class Kill:
    """Ends operations as kill -9 does, at a chosen boundary."""

    stack: Stack
    monkeypatch: pytest.MonkeyPatch

    def __call__(self, operation: str, program: str = "", *, after: int) -> list[Change] | None:
        """Let so many changes into the journal, and then none. Returns them; None when that was all there were."""
        if program:
            self.stack.write(program)
        with limited(self.monkeypatch, after, Killed()) as written:
            try:
                getattr(self.stack.engine(), operation)()
            except Killed:
                return written
        return None
