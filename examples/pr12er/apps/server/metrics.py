"""Prometheus metrics, on a port that visitors do not reach."""

from collections.abc import Generator
from contextlib import contextmanager

from prometheus_client import Counter, Histogram, disable_created_metrics, start_http_server

# Halves the series; who scrapes sees a restart by the start time of the process.
disable_created_metrics()

# As every gRPC server's are called, so that dashboards fit: github.com/grpc-ecosystem/go-grpc-middleware.
HANDLED = Counter("grpc_server_handled", "RPCs that ended.", ["grpc_service", "grpc_method", "grpc_code"])
SECONDS = Histogram("grpc_server_handling_seconds", "From an RPC's begin to its end.", ["grpc_service", "grpc_method"])


def count(service: str, method: str, code: str, seconds: float) -> None:
    """Record an RPC that ended."""
    HANDLED.labels(service, method, code).inc()
    SECONDS.labels(service, method).observe(seconds)


@contextmanager
def served(host: str, port: int) -> Generator[None]:
    """Answer /metrics from a thread of its own, also when the event loop is stuck."""
    server, thread = start_http_server(port, host)
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
