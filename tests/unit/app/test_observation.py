"""What is seen of requests: log lines and metrics."""

import json
import logging
import sys
from typing import Any

import pytest
from prometheus_client import REGISTRY, generate_latest
from starlette.responses import JSONResponse
from starlette.types import Receive, Scope, Send

from app.health import PATHS
from app.logs import JsonFormatter
from app.observation import Observation
from tests.unit.app.exchange import ask

TRACE, SPAN = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
TRACE_KEY = "logging.googleapis.com/trace"
SPAN_KEY = "logging.googleapis.com/spanId"
SAMPLED_KEY = "logging.googleapis.com/trace_sampled"


async def failing(_scope: Scope, _receive: Receive, _send: Send) -> None:
    raise ValueError("it broke")


def requests(method: str, route: str, status: int) -> float:
    labels = {"method": method, "route": route, "status": str(status)}
    return REGISTRY.get_sample_value("http_requests_total", labels) or 0


def durations(route: str) -> float:
    return REGISTRY.get_sample_value("http_request_duration_seconds_count", {"route": route}) or 0


def series() -> list[str]:
    return [line for line in generate_latest().decode().splitlines() if line.startswith("http_")]


def logged(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_a_request_is_one_line_in_the_words_of_cloud_logging(capsys: pytest.CaptureFixture[str]):
    answer = ask("GET", "/", {"User-Agent": "test"})
    [entry] = logged(capsys)
    assert (entry["severity"], entry["message"], entry["requestId"]) == (
        "INFO",
        "GET / 200",
        answer.headers["x-request-id"],
    )
    request = entry["httpRequest"]
    assert entry["time"].endswith("Z")
    assert request.pop("latency").endswith("s")
    assert request == {
        "requestMethod": "GET",
        "requestUrl": "/",
        "status": 200,
        "responseSize": str(len(answer.content)),
        "protocol": "HTTP/1.1",
        "userAgent": "test",
    }


def test_a_query_may_hold_secrets_and_is_not_logged(capsys: pytest.CaptureFixture[str]):
    ask("GET", "/?token=canary")
    assert "canary" not in capsys.readouterr().out


def test_no_path_or_header_can_forge_a_line(capsys: pytest.CaptureFixture[str]):
    ask("GET", "/%0A%7B%22severity%22:%22ERROR%22%7D", {"User-Agent": 'a"\\'})
    [entry] = logged(capsys)
    assert entry["httpRequest"]["requestUrl"] == '/\n{"severity":"ERROR"}'


def test_a_request_that_fails_is_an_error_and_counted_as_500(capsys: pytest.CaptureFixture[str]):
    before = requests("GET", "unmatched", 500)
    ask("GET", "/", of=Observation(failing))
    assert [(entry["severity"], entry["httpRequest"]["status"]) for entry in logged(capsys)] == [("ERROR", 500)]
    assert requests("GET", "unmatched", 500) == before + 1
    assert REGISTRY.get_sample_value("http_requests_in_flight") == 0


@pytest.mark.parametrize("given", ["abc-1.Z_9", "a" * 128])
def test_a_sane_request_id_is_kept(given: str):
    assert ask("GET", "/", {"X-Request-Id": given}).headers["x-request-id"] == given


@pytest.mark.parametrize("given", [None, "", "a b", 'a"', "a" * 129, "a;b"])
def test_any_other_request_gets_an_id_of_its_own(given: str | None):
    made = {ask("GET", "/", {} if given is None else {"X-Request-Id": given}).headers["x-request-id"] for _ in range(2)}
    assert len(made) == 2
    assert given not in made


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"traceparent": f"00-{TRACE}-{SPAN}-01"}, {TRACE_KEY: TRACE, SPAN_KEY: SPAN, SAMPLED_KEY: True}),
        ({"traceparent": f"00-{TRACE}-{SPAN}-00"}, {TRACE_KEY: TRACE, SPAN_KEY: SPAN, SAMPLED_KEY: False}),
        (
            {"X-Cloud-Trace-Context": f"{TRACE}/74;o=1"},
            {TRACE_KEY: TRACE, SPAN_KEY: f"{74:016x}", SAMPLED_KEY: True},
        ),
        (
            {"traceparent": f"00-{TRACE}-{SPAN}-01", "X-Cloud-Trace-Context": f"{'1' * 32}/1"},
            {TRACE_KEY: TRACE, SPAN_KEY: SPAN, SAMPLED_KEY: True},
        ),
        ({"traceparent": f"00-{'0' * 32}-{SPAN}-01"}, {}),
        ({"traceparent": "nonsense", "X-Cloud-Trace-Context": "nonsense"}, {}),
        ({}, {}),
    ],
)
def test_a_line_belongs_to_the_trace_of_its_caller(
    headers: dict[str, str], expected: dict[str, str | bool], capsys: pytest.CaptureFixture[str]
):
    ask("GET", "/", headers)
    [entry] = logged(capsys)
    assert {key: entry[key] for key in (TRACE_KEY, SPAN_KEY, SAMPLED_KEY) if key in entry} == expected


@pytest.mark.parametrize("path", sorted(PATHS))
def test_questions_of_health_leave_no_line_no_id_and_no_metric(path: str, capsys: pytest.CaptureFixture[str]):
    before = series()
    answer = ask("GET", path)
    assert logged(capsys) == []
    assert "x-request-id" not in answer.headers
    assert series() == before


def test_requests_are_counted_and_timed_by_route():
    counted, timed = requests("GET", "/", 200), durations("/")
    ask("GET", "/?a=1")
    assert (requests("GET", "/", 200), durations("/")) == (counted + 1, timed + 1)


def test_paths_without_a_route_are_one_series():
    before = requests("GET", "unmatched", 404)
    for path in ("/a", "/b"):
        ask("GET", path)
    assert requests("GET", "unmatched", 404) == before + 2


def test_other_loggers_lines_carry_the_request_and_the_stack():
    lines: list[str] = []

    async def complaining(scope: Scope, receive: Receive, send: Send) -> None:
        try:
            raise ValueError("it broke")
        except ValueError:
            record = logging.LogRecord("other", logging.ERROR, "", 0, "a %s", ("problem",), sys.exc_info())
            lines.append(JsonFormatter().format(record))
        await JSONResponse("done")(scope, receive, send)

    ask("GET", "/", {"X-Request-Id": "one"}, of=Observation(complaining))
    [line] = lines
    entry = json.loads(line)
    assert (entry["severity"], entry["message"], entry["logger"], entry["requestId"]) == (
        "ERROR",
        "a problem",
        "other",
        "one",
    )
    assert entry["stack_trace"].endswith("ValueError: it broke")
