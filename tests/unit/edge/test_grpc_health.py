"""What HAProxy sends to a gRPC server, and what it looks for in the answer, against real servers."""

import socket
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor

import grpc
import pytest
from grpc_health.v1.health import HealthServicer
from grpc_health.v1.health_pb2 import HealthCheckResponse
from grpc_health.v1.health_pb2_grpc import add_HealthServicer_to_server

from sandbox.edge.grpc_health import LONGEST, SERVING, request

LONG = "x" * LONGEST
STATUSES = {
    "": HealthCheckResponse.SERVING,
    "shop.v1.Cart": HealthCheckResponse.SERVING,
    LONG: HealthCheckResponse.SERVING,
    "resting": HealthCheckResponse.NOT_SERVING,
    "unsure": HealthCheckResponse.UNKNOWN,
}


@pytest.fixture(scope="module")
def port() -> Generator[int]:
    servicer = HealthServicer()
    for service, status in STATUSES.items():
        servicer.set(service, status)
    server = grpc.server(ThreadPoolExecutor(2))
    add_HealthServicer_to_server(servicer, server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    yield port
    server.stop(None).wait()


def answer(port: int, service: str) -> bytes:
    """All that the server says until it has ended the RPC, with a status or not."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(request(service))
        received = b""
        while b"grpc-status" not in received:
            received += connection.recv(4096)
        return received


@pytest.mark.parametrize("service", ["", "shop.v1.Cart", LONG])
def test_a_healthy_service_is_recognized(port: int, service: str) -> None:
    assert SERVING in answer(port, service)


@pytest.mark.parametrize("service", ["resting", "unsure", "nobody"])
def test_one_that_does_not_serve_or_is_unknown_is_not(port: int, service: str) -> None:
    assert SERVING not in answer(port, service)
