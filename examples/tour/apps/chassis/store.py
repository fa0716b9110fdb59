"""Redis: what may be forgotten, or has a time."""

import json
from collections.abc import Awaitable, Callable
from typing import Any, Literal

from redis.asyncio import Redis

from chassis.environment import required


class Store:
    """The server at $REDIS_HOST:$REDIS_PORT."""

    def __init__(self) -> None:
        self.redis: Redis = Redis(
            host=required("REDIS_HOST"),
            port=int(required("REDIS_PORT")),
            decode_responses=True,
            socket_connect_timeout=2,
            socket_timeout=2,
        )

    async def open(self) -> None:
        await self.ping()

    async def ping(self) -> None:
        await self.redis.execute_command("PING")

    async def close(self) -> None:
        await self.redis.aclose()


class Cache(Store):
    """Values that JSON can hold, for a while."""

    SECONDS = 60

    async def remember(self, key: str, find: Callable[[], Awaitable[Any]]) -> tuple[Any, Literal["hit", "miss"]]:
        """The value of `key`, and whether it was there; `find` is asked when it was not. None is not kept."""
        if (kept := await self.redis.get(key)) is not None:
            return json.loads(kept), "hit"
        found = await find()
        if found is not None:
            await self.redis.set(key, json.dumps(found), ex=self.SECONDS)
        return found, "miss"

    async def forget(self, key: str) -> None:
        await self.redis.delete(key)
