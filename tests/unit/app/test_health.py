"""Questions of health, and what SIGTERM changes about their answers."""

import asyncio
import os
import signal
from collections.abc import Generator
from contextlib import contextmanager
from types import FrameType

import pytest

from app.health import PATHS, draining, readiness
from tests.unit.app.exchange import ask

DRAIN = 0.1


@pytest.fixture(autouse=True)
def ready() -> Generator[None]:
    yield
    readiness.draining = False


@contextmanager
def server(stopped: list[int]) -> Generator[None]:
    """A server's handler of SIGTERM, which notes that it was called."""

    def stop(number: int, _: FrameType | None) -> None:
        stopped.append(number)

    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
        assert signal.getsignal(signal.SIGTERM) is stop, "the server has its handler back"
    finally:
        signal.signal(signal.SIGTERM, before)


def after_sigterms(number: int, wait: float) -> list[int]:
    """What reached the server's handler `wait` seconds after so many signals, a moment apart."""
    stopped: list[int] = []

    async def live() -> list[int]:
        with draining(DRAIN):
            for _ in range(number):
                os.kill(os.getpid(), signal.SIGTERM)
                await asyncio.sleep(0.01)
            await asyncio.sleep(wait)
            return list(stopped)

    with server(stopped):
        return asyncio.run(live())


@pytest.mark.parametrize("path", sorted(PATHS))
def test_a_service_that_runs_is_healthy_live_and_ready(path: str):
    assert ask("GET", path).status_code == 200


def test_at_sigterm_the_service_is_not_ready_but_live_and_healthy():
    after_sigterms(1, 0)
    assert {path: ask("GET", path).status_code for path in PATHS} == {"/ping": 200, "/livez": 200, "/readyz": 503}


def test_the_server_goes_on_until_the_drain_is_over():
    assert after_sigterms(1, 0) == []
    assert after_sigterms(1, 2 * DRAIN) == [signal.SIGTERM]


def test_a_second_sigterm_cuts_the_drain_short():
    assert after_sigterms(2, 0) == [signal.SIGTERM]


def test_during_the_drain_answers_tell_clients_to_leave_their_connections():
    assert "connection" not in ask("GET", "/").headers
    after_sigterms(1, 0)
    answer = ask("GET", "/")
    assert (answer.status_code, answer.headers["connection"]) == (200, "close")
