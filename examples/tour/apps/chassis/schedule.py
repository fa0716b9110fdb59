"""Work that nobody asks for."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

logger = logging.getLogger(__name__)


class Every:
    """Does `work` again and again, so many seconds after it was done; a failure is logged, and does not end it."""

    def __init__(self, seconds: float, work: Callable[[], Awaitable[None]]) -> None:
        self._seconds, self._work = seconds, work
        self._task: asyncio.Task[None] | None = None

    async def open(self) -> None:
        self._task = asyncio.create_task(self._repeat())

    async def ping(self) -> None:
        if self._task is None or self._task.done():
            raise RuntimeError("it does not run")

    async def close(self) -> None:
        if self._task is not None:
            self._task.cancel()

    async def _repeat(self) -> None:
        while True:
            try:
                await self._work()
            except Exception:
                logger.exception("Failed, and will be tried again.")
            await asyncio.sleep(self._seconds)
