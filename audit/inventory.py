"""What there is in a project, whoever tells."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol


class AuditError(Exception):
    """The project cannot be read: says what is wrong, the consequence and the remedy."""


@dataclass(frozen=True)
class Found:
    """One resource. `location` is `global`, or a region or a zone."""

    name: str
    location: str = "global"
    said: str = ""
    """Its description and labels as text, in which controllers name the object that they work for."""


class Inventory(Protocol):
    """A Google Cloud project, to be read."""

    @property
    def project(self) -> str:
        """Its id."""
        ...

    def list(self, collection: str) -> Iterable[Found]:
        """The resources of a collection of Google's API, such as `forwardingRules`. Raises AuditError."""
        ...
