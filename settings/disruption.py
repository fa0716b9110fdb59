"""How many pods may be away while nodes are drained."""

import re
from collections.abc import Iterator
from typing import Annotated

from pydantic import AfterValidator, Field

from settings.mistake import SettingError
from settings.model import Model, rule


def _share(share: int | str) -> int | str:
    possible = share >= 0 if isinstance(share, int) else re.fullmatch(r"(100|[0-9]{1,2})%", share)
    if not possible:
        raise SettingError("This is neither a number nor a share of pods.", "Write a number, or percent such as 50%.")
    return share


Share = Annotated[int | str, AfterValidator(_share)]
"""A number of pods, or percent of them."""


class DisruptionSettings(Model):
    """A PodDisruptionBudget: exactly one of the two."""

    min_available: Share | None = Field(default=None, description="Pods that must stay: a number, or percent.")
    max_unavailable: Share | None = Field(default=None, description="Pods that may be away: a number, or percent.")

    @rule
    def _validate_one_of_two(self) -> Iterator[SettingError]:
        if (self.min_available is None) == (self.max_unavailable is None):
            yield SettingError(
                "A budget is stated either by what must stay or by what may go, so Kubernetes would refuse this.",
                "Write exactly one of minAvailable and maxUnavailable, such as `maxUnavailable: 1`.",
            )

    def evictable(self, pods: int) -> int:
        """How many of `pods` healthy pods may be evicted at once; below 1: none, ever."""
        if self.min_available is not None:
            return pods - _count(self.min_available, pods)
        return pods if self.max_unavailable is None else _count(self.max_unavailable, pods)


def _count(share: int | str, pods: int) -> int:
    """Kubernetes rounds percentages up, whichever of the two they state."""
    return share if isinstance(share, int) else -(-int(share.removesuffix("%")) * pods // 100)
