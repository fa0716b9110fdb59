"""Aliases: other URNs that a resource may have in the state."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Alias:
    """Another URN the resource may have in the state: whole, or the parts in which it differs."""

    urn: str = ""
    name: str = ""
    type: str = ""
    stack: str = ""
    project: str = ""
    parent: str = ""
    no_parent: bool = False


def alias(message: Any) -> Alias:
    """The alias that a registration carries."""
    if message.WhichOneof("alias") == "urn":
        return Alias(urn=message.urn)
    spec = message.spec
    return Alias("", spec.name, spec.type, spec.stack, spec.project, spec.parentUrn, spec.noParent)
