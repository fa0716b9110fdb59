"""A lost connection leaves nothing behind."""

import asyncio
from typing import Any

import pytest
from uvicorn.config import Config
from uvicorn.server import ServerState

from app.connection import Connection


class Lost(asyncio.Transport):
    """Nobody is at the other end."""

    def close(self) -> None:
        pass


@pytest.mark.parametrize("reason", [None, ConnectionResetError()], ids=["closed", "reset"])
def test_a_lost_connection_is_not_kept_alive(reason: Exception | None) -> None:
    async def lose() -> asyncio.TimerHandle:
        loop = asyncio.get_running_loop()
        config = Config("app.main:app", http=Connection, loop="asyncio", lifespan="off", log_config=None)
        config.load()
        connection: Any = Connection(config, ServerState(), {}, loop)
        connection.connection_made(Lost())
        connection.timeout_keep_alive_task = waiting = loop.call_later(620, lambda: None)
        connection.connection_lost(reason)
        return waiting

    assert asyncio.run(lose()).cancelled()
