"""Prometheus metrics, on a port that the load balancer does not reach."""

import os
from collections.abc import Generator
from contextlib import contextmanager
from functools import cache

from prometheus_client import Counter, Gauge, Histogram, disable_created_metrics, start_http_server

ADDRESS = "0.0.0.0:9090"
"""Where metrics are served unless METRICS_ADDRESS says otherwise."""

# Halves the series; who scrapes sees a restart by the start time of the process.
disable_created_metrics()

REQUESTS = Counter("http_requests", "Requests answered.", ["method", "route", "status"])
DURATION = Histogram("http_request_duration_seconds", "From the head of a request to its answer's end.", ["route"])
IN_FLIGHT = Gauge("http_requests_in_flight", "Requests being answered.")


def count(method: str, route: str, status: int, seconds: float) -> None:
    """Record an answered request; `route` is the template, because paths would be a series each."""
    requests, duration = _series(method, route, status)
    requests.inc()
    duration.observe(seconds)


@cache
def _series(method: str, route: str, status: int) -> tuple[Counter, Histogram]:
    return REQUESTS.labels(method, route, str(status)), DURATION.labels(route)


@contextmanager
def served() -> Generator[None]:
    """Answer /metrics from a thread of its own, also when the event loop is stuck."""
    host, _, port = os.environ.get("METRICS_ADDRESS", ADDRESS).rpartition(":")
    server, thread = start_http_server(int(port), host)
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
