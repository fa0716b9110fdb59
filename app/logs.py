"""Log lines as Cloud Logging reads them: one JSON object on one line, also for the server's own."""

import asyncio
import logging
import sys
from collections.abc import Mapping
from datetime import UTC, datetime

from pydantic_core import to_json

from app.correlation import CURRENT, spanned


class JsonFormatter(logging.Formatter):
    """What logging.json formats every logger's lines with."""

    def format(self, record: logging.LogRecord) -> str:
        fields: dict[str, object] = {"logger": record.name, **CURRENT.get({}), **spanned()}
        if record.exc_info:
            # Where Error Reporting looks first.
            fields["stack_trace"] = self.formatException(record.exc_info)
        # Python's names of the levels are names of severities.
        return line(record.levelname, record.getMessage(), datetime.fromtimestamp(record.created, UTC), fields)


def write(severity: str, message: str, fields: Mapping[str, object]) -> None:
    """Write a line with the others of this turn of the loop, past `logging`, which takes several times as long."""
    if not _lines:
        asyncio.get_running_loop().call_soon(_flush)
    _lines.append(line(severity, message, datetime.now(UTC), fields))


_lines: list[str] = []


def _flush() -> None:
    sys.stdout.write("\n".join([*_lines, ""]))
    _lines.clear()


def line(severity: str, message: str, time: datetime, fields: Mapping[str, object]) -> str:
    """The fields of https://cloud.google.com/logging/docs/structured-logging."""
    return to_json({"severity": severity, "message": message, "time": time, **fields}).decode()
