"""How clients leave this pod: a connection stays with the pod that accepted it, wherever its Service leads by now."""

import asyncio
import random
import signal
from types import FrameType

import uvicorn
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

CHANCE = 1 / 50
"""Of an answer to be its connection's last, so that busy clients come to the live colour within seconds."""

DRAIN = 2.0
"""Seconds after SIGTERM in which requests are still answered, each as its connection's last."""


class Farewell:
    """ASGI middleware. No connection is ever closed under a request: its answer says beforehand that it is the last."""

    draining = False

    def __init__(self, app: ASGIApp, chance: float) -> None:
        self.app, self.chance = app, chance

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def answer(message: Message) -> None:
            last = Farewell.draining or random.random() < self.chance
            if message["type"] == "http.response.start" and last:
                message["headers"] = [*message.get("headers", ()), (b"connection", b"close")]
            await send(message)

        await self.app(scope, receive, answer)


class Server(uvicorn.Server):
    """Begins to drain at SIGTERM; a second one, or SIGINT, ends it at once."""

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        if Farewell.draining or sig != signal.SIGTERM:
            super().handle_exit(sig, frame)
            return
        Farewell.draining = True
        loop = asyncio.get_running_loop()
        loop.call_soon_threadsafe(loop.call_later, DRAIN, super().handle_exit, sig, frame)


async def live(_: Request) -> PlainTextResponse:
    """Would a restart help? Not as long as this is answered."""
    return PlainTextResponse("live")


async def ready(_: Request) -> PlainTextResponse:
    """Should new requests be sent here?"""
    return PlainTextResponse("draining", 503) if Farewell.draining else PlainTextResponse("ready")


HEALTH = [Route("/livez", live), Route("/readyz", ready)]
