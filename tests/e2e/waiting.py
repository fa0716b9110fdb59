"""Waiting for what comes by itself."""

import time
from collections.abc import Callable

PAUSE = 0.05
"""Seconds between two looks."""


def until(true: Callable[[], object], seconds: float, what: str) -> float:
    """Seconds that it took; fails after `seconds`."""
    start = time.monotonic()
    while not true():
        assert time.monotonic() - start < seconds, f"not within {seconds:.0f} s: {what}"
        time.sleep(PAUSE)
    return time.monotonic() - start
