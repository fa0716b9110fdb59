"""Blocking work off the event loop."""

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any, TypeVar

T = TypeVar("T")


async def blocking(operation: Callable[[], T]) -> T:
    """The operation's result, from a daemon thread: a wait of minutes must not hold up the process' end."""
    loop = asyncio.get_running_loop()
    outcome: asyncio.Future[T] = loop.create_future()

    def run() -> None:
        try:
            settle, value = outcome.set_result, operation()
        except Exception as error:
            settle, value = outcome.set_exception, error
        with suppress(RuntimeError):
            loop.call_soon_threadsafe(_unless_cancelled, outcome, settle, value)

    threading.Thread(target=run, daemon=True).start()
    return await outcome


def _unless_cancelled(outcome: "asyncio.Future[Any]", settle: Callable[[Any], None], value: Any) -> None:
    if not outcome.cancelled():
        settle(value)
