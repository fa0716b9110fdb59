"""What a look at a stack's surroundings found."""

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """How much it matters."""

    ok = "ok"
    later = "later"
    """`up` succeeds, but something of the stack does not work until it is mended."""
    stops = "stops"
    """`up` would fail."""


@dataclass(frozen=True)
class Finding:
    """What was looked at and found; unless it is ok, what follows from it and what to do."""

    about: str
    found: str
    level: Level = Level.ok
    consequence: str = ""
    remedy: str = ""
