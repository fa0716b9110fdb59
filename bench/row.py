"""One measurement beside what it is measured against."""

import math
import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """Both sides in `unit`, medians of runs that took turns."""

    name: str
    ours: float
    against: str
    theirs: float
    unit: str
    target: float
    """The ratio must not be above this."""

    @property
    def ratio(self) -> float:
        """0 when both are 0: what theirs does not have, ours may not have either."""
        return self.ours / self.theirs if self.theirs else (math.inf if self.ours else 0.0)

    @property
    def met(self) -> bool:
        return self.ratio <= self.target


def medians(sides: Sequence[Callable[[], float]], runs: int) -> list[float]:
    """The median of each side; the sides take turns, so that a busy moment hits all of them."""
    figures = [[side() for side in sides] for _ in range(runs)]
    return [statistics.median(column) for column in zip(*figures, strict=True)]
