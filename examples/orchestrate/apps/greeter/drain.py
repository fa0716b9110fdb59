"""Questions of health, and the drain: what happens between SIGTERM and the end."""

import asyncio
import signal
from types import FrameType

import uvicorn
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

SECONDS = 2.0
"""After SIGTERM, in which requests are still answered, each as its connection's last."""


class Drain:
    """ASGI middleware. No connection is closed under a request: its answer says beforehand that it is the last."""

    begun = False

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start" and Drain.begun:
                message["headers"] = [*message.get("headers", ()), (b"connection", b"close")]
            await send(message)

        await self.app(scope, receive, answer)


class Server(uvicorn.Server):
    """Begins to drain at SIGTERM; a second one, or SIGINT, ends it at once."""

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        if Drain.begun or sig != signal.SIGTERM:
            super().handle_exit(sig, frame)
            return
        Drain.begun = True
        loop = asyncio.get_running_loop()
        loop.call_soon_threadsafe(loop.call_later, SECONDS, super().handle_exit, sig, frame)


async def live(_: Request) -> PlainTextResponse:
    """Would a restart help? Not as long as this is answered."""
    return PlainTextResponse("live")


async def ready(_: Request) -> PlainTextResponse:
    """Should new requests be sent here?"""
    return PlainTextResponse("draining", 503) if Drain.begun else PlainTextResponse("ready")


HEALTH = [Route("/livez", live), Route("/readyz", ready)]
