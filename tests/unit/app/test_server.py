"""The app as a process: what it logs, measures and sends, and how it ends."""

import json
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from time import monotonic, sleep
from typing import Any
from unittest.mock import Mock

import httpx2
import pytest

from app.health import PATHS
from app.server import configuration

REPOSITORY = Path(__file__).parents[3]

LOAD_BALANCER_IDLE = 600
"""Seconds for which Google's load balancer keeps a backend connection; it cannot be changed."""


@dataclass
class Process:
    """The running app; `entries`, its log, is complete when it has ended."""

    port: int
    metrics: str
    popen: subprocess.Popen[str]
    entries: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])

    def get(self, path: str, **headers: str) -> httpx2.Response:
        return httpx2.get(f"http://127.0.0.1:{self.port}{path}", headers=headers)

    def requests(self) -> list[dict[str, Any]]:
        return [entry for entry in self.entries if "httpRequest" in entry]


@contextmanager
def running(**environment: str) -> Generator[Process]:
    """The app, ended by SIGTERM unless it has ended."""
    port, metrics = _free_port(), _free_port()
    settings = {"PORT": str(port), "METRICS_ADDRESS": f"127.0.0.1:{metrics}", "DRAIN_SECONDS": "0", **environment}
    with subprocess.Popen(
        [sys.executable, "-m", "app.server"],
        cwd=REPOSITORY,
        env={**os.environ, **settings},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as popen:
        process = Process(port, f"http://127.0.0.1:{metrics}/metrics", popen)
        try:
            _wait(process)
            yield process
            popen.terminate()
            output, _ = popen.communicate(timeout=60)
            process.entries += map(json.loads, output.splitlines())
        finally:
            popen.kill()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _wait(process: Process) -> None:
    deadline = monotonic() + 60
    while True:
        try:
            process.get("/readyz").raise_for_status()
            return
        except httpx2.TransportError:
            assert process.popen.poll() is None, process.popen.communicate()
            assert monotonic() < deadline, "the app does not answer"
            sleep(0.05)


@contextmanager
def collecting(bodies: list[bytes]) -> Generator[str]:
    """The address of an OpenTelemetry collector that appends paths and bodies of requests to `bodies`."""

    class Collector(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            bodies.append(self.path.encode() + self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Standard error stays empty."""

    with HTTPServer(("127.0.0.1", 0), Collector) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_every_line_of_the_log_is_an_entry_of_cloud_logging() -> None:
    with running() as process:
        process.get("/nothing")
    assert all({"severity", "message", "time", "logger"} <= entry.keys() for entry in process.entries)
    [entry] = process.requests()
    assert (entry["severity"], entry["message"]) == ("INFO", "GET /nothing 404")
    assert entry["httpRequest"].pop("latency").endswith("s")
    assert entry["httpRequest"] == {
        "requestMethod": "GET",
        "requestUrl": "/nothing",
        "status": 404,
        "protocol": "HTTP/1.1",
    }


def test_a_query_may_hold_secrets_and_is_not_logged() -> None:
    with running() as process:
        process.get("/?token=canary")
    assert len(process.requests()) == 1
    assert "canary" not in json.dumps(process.entries)


def test_health_checks_leave_no_line_and_no_metric() -> None:
    with running() as process:
        for path in PATHS:
            process.get(path)
        metrics = httpx2.get(process.metrics).text
    assert process.requests() == []
    assert "http_request_duration_seconds_count" not in metrics


def test_metrics_are_served_on_a_port_of_their_own() -> None:
    with running() as process:
        process.get("/")
        process.get("/a")
        process.get("/b")
        assert process.get("/metrics").status_code == 404
        metrics = httpx2.get(process.metrics).text
    series = 'http_request_duration_seconds_count{method="GET",route="%s",status="%s"} %s.0'
    assert series % ("/", 200, 1) in metrics
    assert series % ("unmatched", 404, 3) in metrics, "paths without a route are one series"


def test_spans_are_sent_before_the_end_and_log_lines_name_their_trace() -> None:
    bodies: list[bytes] = []
    trace, parent = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
    with collecting(bodies) as endpoint, running(OTEL_EXPORTER_OTLP_ENDPOINT=endpoint) as process:
        process.get("/", traceparent=f"00-{trace}-{parent}-01")
        process.get("/ping")
    [entry] = process.requests()
    sent = b"".join(bodies)
    assert sent.startswith(b"/v1/traces")
    assert entry["logging.googleapis.com/trace"] == trace, "the caller's trace goes on"
    assert bytes.fromhex(trace) in sent
    assert bytes.fromhex(entry["logging.googleapis.com/spanId"]) in sent
    assert b"/ping" not in sent


def test_the_api_documentation_can_be_switched_off() -> None:
    with running(OPENAPI_URL="") as process:
        assert [process.get(path).status_code for path in ("/docs", "/redoc", "/openapi.json")] == [404] * 3
        assert process.get("/").status_code == 200


def test_after_sigterm_requests_are_answered_on_connections_that_then_close() -> None:
    with running(DRAIN_SECONDS="5") as process:
        kept = HTTPConnection("127.0.0.1", process.port)
        kept.request("GET", "/")
        answer = kept.getresponse()
        answer.read()
        assert answer.getheader("Connection") is None
        process.popen.terminate()
        while process.get("/readyz").status_code == 200:
            sleep(0.05)
        kept.request("GET", "/")
        answer = kept.getresponse()
        assert (answer.status, answer.getheader("Connection")) == (200, "close")
        assert process.get("/ping").status_code == 200, "new connections are accepted"
    messages = [entry["message"] for entry in process.entries]
    assert messages.index("Shutting down") > messages.index("GET / 200", messages.index("GET / 200") + 1)


def test_idle_connections_outlive_those_of_the_load_balancer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("logging.config.dictConfig", Mock())
    assert configuration().timeout_keep_alive > LOAD_BALANCER_IDLE
