"""An operation as a person sees it: progress while it runs, then what changed."""

import sys
import time
from types import TracebackType
from typing import Self

from rich.console import Console, Group
from rich.live import Live
from rich.spinner import Spinner
from rich.text import Text

from sandbox.engine import urn as urns
from sandbox.engine.events import Diagnostic, Done, Event, Failed, Op, Result, Started
from sandbox.engine.report import DID, SEVERITIES, SYMBOLS, report, shortened, to_json

__all__ = ["Display", "to_json"]

_DOING: dict[Op, str] = {
    "create": "creating",
    "update": "updating",
    "refresh": "refreshing",
    "replace": "replacing",
    "delete": "deleting",
    "import": "importing",
    "read": "reading",
    "same": "same",
}


class Display:
    """Takes the engine's events. On a terminal it shows what is in flight; elsewhere it prints a line for each."""

    def __init__(self, *, preview: bool, console: Console | None = None) -> None:
        # The console keeps today's stdout: the engine captures what the program prints.
        self.console = console or Console(file=sys.stdout, highlight=False, soft_wrap=True)
        self._preview = preview
        self._running: dict[str, tuple[Op, float]] = {}
        self._notes: dict[str, str] = {}
        self._live = Live(
            get_renderable=self._in_flight,
            console=self.console,
            transient=True,
            redirect_stdout=False,
            redirect_stderr=False,
            refresh_per_second=8,
        )

    def __enter__(self) -> Self:
        if self.console.is_terminal:
            self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._live.stop()

    def __call__(self, event: Event) -> None:
        """Show an event of the engine."""
        match event:
            case Started(urn, op):
                self._running[urn] = op, time.monotonic()
                if not self.console.is_terminal:
                    self._line(urn, op, _DOING[op])
            case Done(step):
                self._running.pop(step.urn, None)
                self._notes.pop(step.urn, None)
                self._line(step.urn, step.op, f"{DID[step.op]} ({step.seconds:.1f}s)")
            case Failed(urn, op, seconds):
                self._running.pop(urn, None)
                self._line(urn, op, f"{_DOING[op]} failed ({seconds:.1f}s)")
            case Diagnostic(severity, message, urn):
                self._notes[urn] = _first_line(message)
                if not self.console.is_terminal and not self._preview and severity != "info":
                    self.console.print(Text(f"    {severity}: {message}", SEVERITIES[severity]))

    def _line(self, urn: str, op: Op, status: str) -> None:
        """One permanent line about a change; a preview and what stays the same need none."""
        if op != "same" and not self._preview:
            self.console.print(_row(op, f"{shortened(urns.type_of(urn))} {urns.name_of(urn)} {status}"))

    def _in_flight(self) -> Group:
        now = time.monotonic()
        rows: list[Text | Spinner] = []
        for urn, (op, start) in list(self._running.items()):
            if op == "same":
                continue
            status = f"{_DOING[op]} ({now - start:.0f}s)"
            row = _row(op, f"{shortened(urns.type_of(urn))} {urns.name_of(urn)} {status}")
            rows.append(row.append(f"  {self._notes[urn]}", "dim") if urn in self._notes else row)
        return Group(*rows[: max(1, self.console.height - 2)], Spinner("dots"))

    def show(self, result: Result) -> None:
        """The outcome: changed resources, diagnostics, outputs and counts."""
        for line in report(result):
            self.console.print(line)


def _row(op: Op, text: str) -> Text:
    symbol, color = SYMBOLS[op]
    return Text.assemble((f" {symbol} ", color), text)


def _first_line(text: str) -> str:
    return text.strip().split("\n")[0]
