"""What a policy pack has against a resource."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from rich.text import Text

from sandbox.engine import urn as urns

Level = Literal["mandatory", "advisory"]
"""Mandatory: nothing may be deployed."""

COLORS: dict[Level, str] = {"mandatory": "red", "advisory": "yellow"}


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


def report(violations: Sequence[Violation]) -> Iterator[Text]:
    """The violations as lines, mandatory ones first, under a heading that counts them."""
    mandatory = sum(one.level == "mandatory" for one in violations)
    yield Text()
    yield Text(f"Policies: {mandatory} mandatory and {len(violations) - mandatory} advisory violations", "bold")
    for one in sorted(violations, key=lambda one: (one.level != "mandatory", one.policy, one.urn)):
        place = f"  {urns.type_of(one.urn)} {urns.name_of(one.urn)}" if one.urn else ""
        yield Text.assemble("  ", (f"[{one.level}]", COLORS[one.level]), f" {one.policy}{place}")
        yield Text(f"    {one.title}")
        for line in one.message.splitlines():
            yield Text(f"    {line}")
