"""Requests to a service, asked in process."""

import asyncio
from collections.abc import Coroutine
from typing import Any

import httpx2
from chassis.tokens import issue


def ask(
    service: Any, method: str, path: str, content: object = None, *, user: str | None = None, accept: str = "*/*"
) -> httpx2.Response:
    """The answer of the module `service`; `user` is whose access token goes along."""
    headers = {"Accept": accept, **({"Authorization": f"Bearer {issue(user, 'access')}"} if user else {})}

    async def exchange() -> httpx2.Response:
        transport = httpx2.ASGITransport(service.app)
        async with httpx2.AsyncClient(transport=transport, base_url="http://service") as client:
            return await client.request(method, path, json=content, headers=headers)

    return asyncio.run(exchange())


def run(work: Coroutine[Any, Any, None]) -> None:
    """What happens without a request."""
    asyncio.run(work)
