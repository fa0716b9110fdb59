"""The inputs each supported type takes, at any depth, by the pinned SDK package."""

import functools
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from sandbox.providers.difference import Path as PropertyPath
from sandbox.providers.difference import spell
from sandbox.providers.values import UNKNOWN

PATH = Path(__file__).with_name("inputs.json")

REQUIRED = "!"
"""Ends the name of a property that must be given."""

COMPUTED = "?"
"""Ends the name of a property for which Google chooses a value when the program gives none."""

Shape = Any
"""A scalar's text (see `Scalar`), a list of one shape, or shapes by property name (`*`: any)."""


class Scalar(NamedTuple):
    """Written `string`, `string:A|B` with its choices, `string=A` with its default, or `string:A|B=A` with both."""

    type: str
    choices: tuple[str, ...]
    default: str | None


@functools.cache
def scalar(shape: str) -> Scalar:
    """A scalar's shape by parts; its type is string, boolean or number."""
    declared, _, default = shape.partition("=")
    name, _, choices = declared.partition(":")
    return Scalar(name, tuple(choices.split("|")) if choices else (), default or None)


@functools.cache
def shapes() -> dict[str, Shape]:
    """The shapes of all types' inputs, by type token."""
    return json.loads(PATH.read_text())


def mistakes(shape: Shape, value: Any, path: PropertyPath = ()) -> Iterator[tuple[str, str]]:
    """Property path and what is wrong there: unknown or missing properties, values of a wrong type."""
    if value == UNKNOWN:
        return
    if isinstance(shape, str):
        declared = scalar(shape)
        if not _fits(declared.type, value):
            yield spell(path), f"{value!r} is no {declared.type}"
        elif declared.choices and value not in (*declared.choices, ""):
            yield spell(path), f"{value!r} is not one of {', '.join(declared.choices)}"
    elif isinstance(shape, list):
        if isinstance(value, list):
            for index, item in enumerate(value):
                yield from mistakes(shape[0], item, (*path, index))
        else:
            yield spell(path), f"{value!r} is no list"
    elif isinstance(value, Mapping):
        yield from _mapping(shape, value, path)
    else:
        yield spell(path), f"{value!r} is no mapping"


def properties(shape: Mapping[str, Shape]) -> dict[str, Shape]:
    """A mapping's shapes by bare property name."""
    return {name.rstrip(REQUIRED + COMPUTED): inner for name, inner in shape.items()}


def reach(value: Any, pattern: str) -> Iterator[tuple[str, Any]]:
    """Path and value of each known property that a pattern such as `subnetworks[*].name` means."""
    yield from _reach(value, pattern.replace("[*]", ".*").split("."), ())


def place(properties: dict[str, Any], path: str, value: Any) -> None:
    """Set the value at a dotted path; mappings on the way are copied, or made."""
    *parents, last = path.split(".")
    for parent in parents:
        properties[parent] = dict(properties.get(parent) or {})
        properties = properties[parent]
    properties[last] = value


def _reach(value: Any, steps: list[str], path: PropertyPath) -> Iterator[tuple[str, Any]]:
    if value == UNKNOWN:
        return
    if not steps:
        yield spell(path), value
    elif steps[0] == "*" and isinstance(value, list):
        for index, item in enumerate(value):
            yield from _reach(item, steps[1:], (*path, index))
    elif isinstance(value, Mapping) and steps[0] in value:
        yield from _reach(value[steps[0]], steps[1:], (*path, steps[0]))


def _mapping(shape: Mapping[str, Shape], value: Mapping[str, Any], path: PropertyPath) -> Iterator[tuple[str, str]]:
    known = properties(shape)
    for name, item in value.items():
        inner = known.get(name, known.get("*"))
        if inner is None:
            yield spell((*path, name)), f"there is no such property; known are {', '.join(sorted(known))}"
        else:
            yield from mistakes(inner, item, (*path, name))
    for name in shape:
        if name.endswith(REQUIRED) and name.removesuffix(REQUIRED) not in value:
            yield spell((*path, name.removesuffix(REQUIRED))), "it is required and missing"


def _fits(shape: str, value: Any) -> bool:
    if shape == "boolean":
        return isinstance(value, bool) or value in ("true", "false")
    if shape == "number":
        return not isinstance(value, bool) and (isinstance(value, int | float) or _is_number(value))
    return isinstance(value, str | int | float)


def _is_number(value: Any) -> bool:
    return isinstance(value, str) and value.lstrip("-").replace(".", "", 1).isdecimal()
