"""Log lines as JSON objects with the field names of https://cloud.google.com/logging/docs/structured-logging."""

import logging
from datetime import UTC, datetime
from typing import Any

from opentelemetry import trace
from pydantic_core import to_json


class JsonFormatter(logging.Formatter):
    """One line for each record, with `httpRequest` if it is an extra of the record."""

    def format(self, record: logging.LogRecord) -> str:
        entry: dict[str, Any] = {
            "severity": record.levelname,
            "message": record.getMessage(),
            "time": datetime.fromtimestamp(record.created, UTC),
            "logger": record.name,
        }
        if request := getattr(record, "httpRequest", None):
            entry["httpRequest"] = request
        if record.exc_info:
            entry["stack_trace"] = self.formatException(record.exc_info)
        span = trace.get_current_span().get_span_context()
        if span.is_valid:
            # Cloud Logging's agent on GKE puts the project before the trace.
            entry["logging.googleapis.com/trace"] = trace.format_trace_id(span.trace_id)
            entry["logging.googleapis.com/spanId"] = trace.format_span_id(span.span_id)
            entry["logging.googleapis.com/trace_sampled"] = span.trace_flags.sampled
        return to_json(entry).decode()


LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": JsonFormatter}},
    "handlers": {"stdout": {"class": "logging.StreamHandler", "stream": "ext://sys.stdout", "formatter": "json"}},
    "root": {"level": "INFO", "handlers": ["stdout"]},
}
"""For `logging.config.dictConfig`."""
