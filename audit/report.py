"""The audit as people and programs read it."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict

from audit.audit import Leftover, Owner


def to_markdown(leftovers: Sequence[Leftover], project: str, stack: str) -> str:
    """What is left, and the commands that remove it, in order."""
    return "\n".join(_lines(leftovers, project, stack))


def to_json(leftovers: Sequence[Leftover], project: str, stack: str) -> str:
    left = [{**asdict(one), "counts": one.counts} for one in leftovers]
    return json.dumps({"project": project, "stack": stack, "leftovers": left}, indent=2)


def _lines(leftovers: Sequence[Leftover], project: str, stack: str) -> Iterator[str]:
    left = [one for one in leftovers if one.counts]
    if not left:
        yield f"Nothing of {stack} is left in {project}."
    else:
        yield f"{len(left)} resources of {stack} are left in {project}, and cost money or names until they are removed."
        yield ""
        yield from _table(left)
        yield ""
        yield "Remove them in this order:"
        yield ""
        yield "```console"
        yield from (one.command for one in left)
        yield "```"
    yield from _section("Made by some cluster, which may be one that is still there", leftovers, Owner.unsure)
    images = [one for one in leftovers if one.informational]
    if images:
        yield ""
        yield "Images outlive every stack, and are not removed with it:"
        yield ""
        yield from _table(images)


def _section(heading: str, leftovers: Sequence[Leftover], owner: Owner) -> Iterator[str]:
    found = [one for one in leftovers if one.owner is owner and not one.informational]
    if found:
        yield ""
        yield f"{heading}:"
        yield ""
        yield from _table(found)


def _table(leftovers: Sequence[Leftover]) -> Iterator[str]:
    yield "| kind | name | location |"
    yield "|---|---|---|"
    for one in leftovers:
        yield f"| {one.kind} | `{one.name}` | {one.location} |"
