"""Questions of health, and the drain: what happens between SIGTERM and the end."""

import asyncio
import logging
import signal
from collections.abc import Generator
from contextlib import contextmanager

from fastapi import Request
from fastapi.responses import JSONResponse

from app.route import PlainRoute

DRAIN = 2.0
"""Seconds after SIGTERM in which new connections are still accepted, see docs/adr/0004-drain.md."""

logger = logging.getLogger(__name__)


class Readiness:
    """Whether new requests should be sent here."""

    draining = False


readiness = Readiness()

PONG, LIVE, READY = JSONResponse("pong"), JSONResponse("live"), JSONResponse("ready")
DRAINING = JSONResponse("draining", 503)


async def ping(_: Request) -> JSONResponse:
    """The load balancer's question: does the service answer?"""
    return PONG


async def live(_: Request) -> JSONResponse:
    """Would a restart help? Not as long as the event loop runs, and this is answered."""
    return LIVE


async def ready(_: Request) -> JSONResponse:
    """Should new requests be sent here? From SIGTERM on: 503, although they are still answered."""
    return DRAINING if readiness.draining else READY


ROUTES = [PlainRoute("/ping", ping), PlainRoute("/livez", live), PlainRoute("/readyz", ready)]

PATHS = frozenset(route.path for route in ROUTES)


@contextmanager
def draining(seconds: float = DRAIN) -> Generator[None]:
    """Put the server's own answer to SIGTERM, which refuses connections at once, off by `seconds`.

    A second SIGTERM cuts the drain short. To be entered in the event loop of the main thread.
    """
    loop = asyncio.get_running_loop()
    stop = signal.getsignal(signal.SIGTERM)
    assert callable(stop), "the server has to handle SIGTERM before its lifespan starts"

    def leave() -> None:
        readiness.draining = True
        logger.info("SIGTERM: not ready any more. New requests are answered for %g s, then those under way.", seconds)
        loop.add_signal_handler(signal.SIGTERM, stop, signal.SIGTERM, None)
        loop.call_later(seconds, stop, signal.SIGTERM, None)

    loop.add_signal_handler(signal.SIGTERM, leave)
    try:
        yield
    finally:
        loop.remove_signal_handler(signal.SIGTERM)
        signal.signal(signal.SIGTERM, stop)
