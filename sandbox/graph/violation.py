"""What a policy pack has against a resource."""

from dataclasses import dataclass
from typing import Literal

Level = Literal["mandatory", "advisory"]
"""Mandatory: nothing may be deployed."""


@dataclass(frozen=True)
class Violation:
    """One rule that one resource breaks. Without a secret in it."""

    policy: str
    """The rule's id."""
    level: Level
    title: str
    message: str
    urn: str = ""
    """The resource; empty for a rule about the whole stack."""
