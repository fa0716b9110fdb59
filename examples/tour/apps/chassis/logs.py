"""Log lines: one JSON object on one line, with the name of the service."""

import json
import logging
from datetime import UTC, datetime
from typing import Any, ClassVar

from chassis.health import PATHS


class JsonFormatter(logging.Formatter):
    """Field names are those of https://cloud.google.com/logging/docs/structured-logging."""

    service: ClassVar[str] = "chassis"

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "severity": record.levelname,
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(),
            "service": self.service,
            "message": record.getMessage(),
        }
        if record.exc_info:
            line["stack_trace"] = self.formatException(record.exc_info)
        return json.dumps(line)


class Visitors(logging.Filter):
    """Keeps the kubelet's questions out of the access log."""

    def filter(self, record: logging.LogRecord) -> bool:
        # uvicorn's arguments: client, method, path, HTTP version, status.
        return not (isinstance(record.args, tuple) and len(record.args) > 2 and record.args[2] in PATHS)


CONFIGURATION: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": JsonFormatter}},
    "filters": {"visitors": {"()": Visitors}},
    "handlers": {"stdout": {"class": "logging.StreamHandler", "stream": "ext://sys.stdout", "formatter": "json"}},
    "loggers": {"uvicorn.access": {"filters": ["visitors"]}},
    "root": {"level": "INFO", "handlers": ["stdout"]},
}
"""For `logging.config.dictConfig`."""
