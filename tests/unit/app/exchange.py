"""Requests to ASGI apps, asked in process."""

import asyncio
from collections.abc import Mapping

import httpx
from starlette.types import ASGIApp

from app.main import app


def ask(method: str, path: str, headers: Mapping[str, str] | None = None, of: ASGIApp = app) -> httpx.Response:
    """The answer; of an app that raises, what it had sent before."""

    async def exchange() -> httpx.Response:
        transport = httpx.ASGITransport(of, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://app") as client:
            return await client.request(method, path, headers=headers)

    return asyncio.run(exchange())
