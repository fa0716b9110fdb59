"""Values and names as text that cannot do anything: whoever proposes a change also writes what stands in it."""

import json
from typing import Any

from sandbox.graph.change import Property

LONGEST = 300
"""Characters of a value, a name or a message that are shown."""

PLACEHOLDERS = ("[secret]", "[unknown]", "[computed]")


def line(text: str) -> str:
    """The text on one line: what is not printable, such as a line's end or a change of direction, as its code."""
    return "".join(char if char.isprintable() else f"\\u{ord(char):04x}" for char in text)


def brief(text: str) -> str:
    """The text on one line, of bounded length."""
    cut = text if len(text) <= LONGEST else f"{text[: LONGEST - 30]}… ({len(text)} characters)"
    return line(cut)


def value(item: Any) -> str:
    """A value on one line, of bounded length."""
    if item in PLACEHOLDERS:
        return str(item)
    return brief(json.dumps(item, ensure_ascii=False, sort_keys=True))


def sides(item: Property) -> tuple[str | None, str | None]:
    """Old and new value of a property; None where there is none."""
    old = None if item.kind == "add" else value(item.old)
    new = None if item.kind == "delete" else value(item.new)
    return old, new
