"""The image's entry point as a process: what it writes, serves and sends."""

import json
import os
import re
import socket
import subprocess
import sys
import threading
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import httpx

REPOSITORY = Path(__file__).parents[3]

ENTRYPOINT = json.loads(
    re.findall(r"^ENTRYPOINT (.*)$", (REPOSITORY / "app" / "Dockerfile").read_text().replace("\\\n", " "), re.M)[-1]
)


@dataclass
class Server:
    """`entries` and `imported`, the importtime log, are known when the process has ended."""

    url: str
    metrics: str
    entries: list[dict[str, Any]]
    imported: str = ""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def running(environment: Mapping[str, str]) -> Generator[Server]:
    port, metrics = free_port(), free_port()
    options = [part for part in ENTRYPOINT[1:] if not part.startswith(("--host=", "--port="))]
    process = subprocess.Popen(
        [sys.executable, "-X", "importtime", *options, "--host=127.0.0.1", f"--port={port}"],
        cwd=REPOSITORY,
        env={**os.environ, "PYTHONUNBUFFERED": "1", "METRICS_ADDRESS": f"127.0.0.1:{metrics}", **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    server = Server(f"http://127.0.0.1:{port}", f"http://127.0.0.1:{metrics}/metrics", [])
    try:
        deadline = monotonic() + 20
        while not _answers(server.url):
            assert process.poll() is None, process.communicate()
            assert monotonic() < deadline, "the server does not answer"
            sleep(0.05)
        yield server
        process.terminate()
        sleep(0.2)
        # The second signal cuts the drain short.
        process.terminate()
        output, server.imported = process.communicate(timeout=20)
        server.entries += [json.loads(line) for line in output.splitlines()]
    finally:
        process.kill()
        process.wait()


def _answers(url: str) -> bool:
    try:
        return httpx.get(f"{url}/readyz").is_success
    except httpx.TransportError:
        return False


@contextmanager
def collecting(bodies: list[bytes]) -> Generator[str]:
    """An OpenTelemetry collector's address; what is sent to it ends up in `bodies`."""

    class Collector(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            bodies.append(self.path.encode() + self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Says nothing."""

    with HTTPServer(("127.0.0.1", 0), Collector) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_every_line_is_json_metrics_have_a_port_of_their_own_and_tracing_costs_nothing():
    with running({}) as server:
        httpx.get(f"{server.url}/").raise_for_status()
        assert httpx.get(f"{server.url}/metrics").status_code == 404
        assert 'http_requests_total{method="GET",route="/",status="200"} 1.0' in httpx.get(server.metrics).text
    messages = [entry["message"] for entry in server.entries]
    assert messages[0].startswith("Started server process")
    assert [message for message in messages if message.startswith("GET")] == ["GET / 200", "GET /metrics 404"]
    [leaving] = [message for message in messages if message.startswith("SIGTERM")]
    assert messages.index(leaving) < messages.index("Shutting down")
    assert "fastapi" in server.imported
    assert "opentelemetry.sdk" not in server.imported


def test_with_an_endpoint_spans_are_sent_before_the_end_and_logged_with_their_trace():
    bodies: list[bytes] = []
    with collecting(bodies) as endpoint, running({"OTEL_EXPORTER_OTLP_ENDPOINT": endpoint}) as server:
        httpx.get(f"{server.url}/").raise_for_status()
        httpx.get(f"{server.url}/ping").raise_for_status()
    [entry] = [entry for entry in server.entries if "httpRequest" in entry]
    sent = b"".join(bodies)
    assert sent.startswith(b"/v1/traces")
    assert bytes.fromhex(entry["logging.googleapis.com/trace"]) in sent
    assert bytes.fromhex(entry["logging.googleapis.com/spanId"]) in sent
    assert b"/ping" not in sent
