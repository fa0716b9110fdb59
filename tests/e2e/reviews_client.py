"""Clients of pr12er's server, by whatever load balancer its stack has."""

import threading
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import grpc

from tests.unit.pr12er.protocol import reviews, rpcs


@contextmanager
def connected(status: dict[str, Any]) -> Generator[grpc.Channel]:
    """A client that trusts the sandbox's authority, and finds the host at the stack's address."""
    credentials = grpc.ssl_channel_credentials(Path(status["ca"]).read_bytes())
    options = [("grpc.ssl_target_name_override", status["domain"]), ("grpc.default_authority", status["domain"])]
    with grpc.secure_channel(f"{status['address']}:443", credentials, options) as channel:
        yield channel


class Load:
    """A client that never rests: RPCs and streams, one after the other, on one connection."""

    def __init__(self, status: dict[str, Any]) -> None:
        self._status = status
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self.answered = 0
        self.failures: list[str] = []

    def _run(self) -> None:
        with connected(self._status) as channel:
            stub = rpcs.ReviewsStub(channel)
            while not self._ended.wait(0.02):
                try:
                    stub.GetVideo(reviews.GetVideoRequest(number=1), timeout=30)
                    moments = stub.WatchVideo(reviews.WatchVideoRequest(number=1, start_second=1500), timeout=30)
                    assert [moment.second for moment in moments] == [*range(1500, 1620)]
                    self.answered += 1
                except (grpc.RpcError, AssertionError) as error:
                    self.failures.append(str(error))

    def __enter__(self) -> "Load":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()
