"""What is logged and measured of requests that fail."""

import json
import logging
import sys

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from prometheus_client import REGISTRY

from app.logs import JsonFormatter
from app.observability import ObservabilityMiddleware

failing = FastAPI()
failing.add_middleware(ObservabilityMiddleware)


@failing.get("/fails/{number}")
async def fail(number: int) -> None:
    raise ValueError(number)


def test_a_request_that_fails_is_an_error_and_measured_by_its_route(caplog: pytest.LogCaptureFixture) -> None:
    assert TestClient(failing, raise_server_exceptions=False).get("/fails/1").status_code == 500
    [record] = [each for each in caplog.records if each.name == "app.observability"]
    assert (record.levelname, record.getMessage()) == ("ERROR", "GET /fails/1 500")
    labels = {"method": "GET", "route": "/fails/{number}", "status": "500"}
    assert REGISTRY.get_sample_value("http_request_duration_seconds_count", labels) == 1


def test_an_exception_is_one_line_with_its_stack_trace() -> None:
    try:
        raise ValueError("no luck")
    except ValueError:
        record = logging.LogRecord("other", logging.ERROR, "", 0, "a %s", ("problem",), sys.exc_info())
    line = JsonFormatter().format(record)
    assert "\n" not in line
    entry = json.loads(line)
    assert (entry["severity"], entry["message"], entry["logger"]) == ("ERROR", "a problem", "other")
    assert entry["stack_trace"].endswith("ValueError: no luck")
