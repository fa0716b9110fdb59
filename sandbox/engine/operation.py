"""One operation on a stack: its recorded changes, its events, and whether it may go on."""

import threading
import time
from collections.abc import Callable
from dataclasses import replace

from sandbox.engine import urn as urns
from sandbox.engine.diff import PropertyDiff
from sandbox.engine.events import Diagnostic, Done, Event, Failed, OnEvent, Op, Severity, Started, Step
from sandbox.engine.journal import Journal
from sandbox.engine.resource import Resource
from sandbox.engine.snapshot import Begin, Change, Snapshot
from sandbox.redaction import Redaction


class Broken(Exception):  # noqa: N818 - a state, not a mistake
    """The journal cannot be written, so nothing more may be done."""


class Operation:
    """Shared by everything that works on the stack at the same time."""

    def __init__(self, snapshot: Snapshot, journal: Journal | None, on_event: OnEvent, redaction: Redaction) -> None:
        self.snapshot = snapshot
        self.lock = threading.RLock()
        self.steps: list[Step] = []
        self.diagnostics: list[Diagnostic] = []
        self.failed = False
        self.stopped = False
        """Nothing new is started: a person interrupted, or the journal broke."""
        self.broken: BaseException | None = None
        """Why the journal cannot be written."""
        self._journal = journal
        self._on_event = on_event
        self._redaction = redaction
        # Reentrant, because a signal handler may tell something in the middle of telling.
        self._telling = threading.RLock()

    @property
    def preview(self) -> bool:
        """Nothing is recorded or done for real."""
        return self._journal is None

    def record(self, change: Change, *, journal: bool = True) -> None:
        """Take in a change, after it is in the journal; what announces a provider's work is on disk. Raises Broken."""
        written = self._journal if journal else None
        try:
            with self.lock:
                if self.broken is not None:
                    raise Broken
                if written is not None:
                    written.append(change)
                self.snapshot.apply(change)
            if written is not None and isinstance(change, Begin):
                # Not under the lock: many wait for the disk at the same time.
                written.sync()
        except Broken:
            raise
        except BaseException as error:
            self.broken = error
            self.stopped = self.failed = True
            raise Broken from error

    def tell(self, event: Event) -> None:
        with self._telling:
            if isinstance(event, Diagnostic):
                event = replace(event, message=self._redaction.apply(event.message))
                self.diagnostics.append(event)
                self.failed |= event.severity == "error"
            self._on_event(event)

    def log(self, severity: Severity, message: str, urn: str = "") -> None:
        """A diagnostic; an error makes the operation fail."""
        self.tell(Diagnostic(severity, message, urn))

    def perform(
        self,
        op: Op,
        resource: Resource,
        work: Callable[[], Resource],
        diffs: tuple[PropertyDiff, ...] = (),
        *,
        counted: bool = True,
    ) -> Resource:
        """Do the work, tell of it, and add it to the steps; providers by default are nobody's business."""
        if urns.is_default_provider(resource.urn):
            return work()
        self.tell(Started(resource.urn, op))
        start = time.monotonic()
        try:
            done = work()
        except BaseException:
            self.tell(Failed(resource.urn, op, time.monotonic() - start))
            raise
        step = Step(resource.urn, op, resource.parent, diffs, time.monotonic() - start)
        if counted:
            with self.lock:
                self.steps.append(step)
        self.tell(Done(step))
        return done
