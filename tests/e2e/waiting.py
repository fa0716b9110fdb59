"""Waiting for what comes by itself."""

import socket
import time
from collections.abc import Callable
from contextlib import suppress

PAUSE = 0.05
"""Seconds between two looks."""


def until(true: Callable[[], object], seconds: float, what: str) -> float:
    """Seconds that it took; fails after `seconds`."""
    start = time.monotonic()
    while not true():
        assert time.monotonic() - start < seconds, f"not within {seconds:.0f} s: {what}"
        time.sleep(PAUSE)
    return time.monotonic() - start


def until_listening(address: str, port: int) -> None:
    """Kube-proxy leads an address to its pods a moment after the Service has it."""

    def listening() -> bool:
        with suppress(OSError), socket.create_connection((address, port), timeout=1):
            return True
        return False

    until(listening, 10, f"somebody listens on {address}:{port}")
