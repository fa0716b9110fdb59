"""The end of an operation's process at a chosen moment."""

from dataclasses import dataclass

import pytest

from sandbox.engine.journal import Journal
from sandbox.engine.snapshot import Change
from tests.unit.engine.cloud import Stack


class Killed(BaseException):
    """Stands for the end of the process: nothing is recorded from here on."""


@dataclass
class Kill:
    """Ends operations as kill -9 does, at a chosen boundary."""

    stack: Stack
    monkeypatch: pytest.MonkeyPatch

    def __call__(self, operation: str, program: str = "", *, after: int) -> list[Change] | None:
        """Let so many changes into the journal, and then none. Returns them; None when that was all there were."""
        append = Journal.append
        written: list[Change] = []

        def limited(journal: Journal, change: Change) -> None:
            if len(written) >= after:
                raise Killed
            append(journal, change)
            written.append(change)

        if program:
            self.stack.write(program)
        with self.monkeypatch.context() as patch:
            patch.setattr(Journal, "append", limited)
            try:
                getattr(self.stack.engine(), operation)()
            except Killed:
                return written
        return None
