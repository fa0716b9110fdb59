"""Questions of health, and what a service needs before it is ready."""

import asyncio
import logging
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from typing import Protocol

LIVE, READY = "/livez", "/readyz"
PATHS = frozenset({LIVE, READY})

PATIENCE = 1.0
"""Seconds until what does not answer counts as down, and between two attempts to open it."""

logger = logging.getLogger(__name__)


class Need(Protocol):
    """Something that a service cannot work without."""

    async def open(self) -> None:
        """Connect and prepare; called again after an exception, until there is none."""

    async def ping(self) -> None:
        """Raises as long as it cannot be used."""

    async def close(self) -> None:
        """Let go of it; also of what was never opened."""


@asynccontextmanager
async def opened(needs: Sequence[Need]) -> AsyncGenerator[None]:
    """Opens all of them in the background: a service may come up before what it needs."""
    opening = [asyncio.create_task(_open(need)) for need in needs]
    try:
        yield
    finally:
        for task in opening:
            task.cancel()
        for need in reversed(needs):
            await need.close()


async def troubles(needs: Sequence[Need]) -> list[str]:
    """Why the service is not ready; empty when it is."""
    found = await asyncio.gather(*(_trouble(need) for need in needs))
    return [trouble for trouble in found if trouble]


async def _open(need: Need) -> None:
    while True:
        try:
            return await need.open()
        except Exception as error:  # Whatever it is, it is worth another attempt.
            logger.warning("%s: %r. Trying again.", type(need).__name__, error)
            await asyncio.sleep(PATIENCE)


async def _trouble(need: Need) -> str | None:
    try:
        async with asyncio.timeout(PATIENCE):
            await need.ping()
    except Exception as error:  # Each library has its own.
        return f"{type(need).__name__}: {error!r}"
    return None
