"""Writes `inputs.json`: the inputs of the supported types, as the pinned SDK package declares them.

`python -m sandbox.providers.gcp.sdk`, after a change of the SDK's version or of the table of types. Reading
the SDK at run time instead would take most of a second of every preview.
"""

import collections.abc
import inspect
import json
import re
import typing
from typing import Any

from pulumi import _types  # pyright: ignore[reportPrivateUsage]

from sandbox.providers.gcp.inputs import COMPUTED, PATH, REQUIRED
from sandbox.providers.gcp.passthrough import sdk_class
from sandbox.providers.gcp.types import TYPES

SCALARS = {str: "string", bool: "boolean", int: "number", float: "number"}

CHOICES = re.compile(r"Possible values are:\s+((?:`[^`]*`(?:,\s+)?)+)")
DEFAULT = re.compile(r"Default value is\s+`([^`]*)`")


def declared(token: str) -> Any:
    """The shape of a type's inputs; see `inputs.Shape`."""
    shape, computed = _shape(sdk_class(token, "Args")), _computed(token)
    return {f"{name}{COMPUTED}" if name in computed else name: inner for name, inner in shape.items()}


def _computed(token: str) -> set[str]:
    """The optional inputs that always have an output: Google chooses what the program leaves out."""
    members = _types._py_properties(sdk_class(token))  # pyright: ignore[reportPrivateUsage]
    hints = {name: typing.get_type_hints(member.fget)["return"] for _, name, member in members}
    return {name for name, hint in hints.items() if type(None) not in typing.get_args(typing.get_args(hint)[0])}


def written() -> str:
    """The content of `inputs.json`, one type a line."""
    lines = [
        f"{json.dumps(token)}: {json.dumps(declared(token), separators=(',', ':'), sort_keys=True)}"
        for token in sorted(TYPES)
    ]
    return "{\n" + ",\n".join(lines) + "\n}\n"


def _shape(hint: Any, documentation: str = "") -> Any:
    if hint in SCALARS:
        return SCALARS[hint] + _documented(documentation)
    if _types.is_input_type(hint):
        parameters = inspect.signature(hint.__init__).parameters
        spelled = _types.input_type_py_to_pulumi_names(hint)
        required = {spelled.get(name, name) for name, given in parameters.items() if given.default is given.empty}
        documented = {name: getattr(hint, python).__doc__ or "" for python, name in spelled.items()}
        return {
            name + (REQUIRED if name in required else ""): _shape(inner, documented[name])
            for name, inner in _types.input_type_types(hint).items()
        }
    origin, parts = typing.get_origin(hint), typing.get_args(hint)
    if origin in (collections.abc.Sequence, list):
        return [_shape(parts[0])]
    if origin in (collections.abc.Mapping, dict):
        return {"*": _shape(parts[1])}
    if origin is typing.Union:
        return _shape(next(part for part in parts if part is not type(None)), documentation)
    raise TypeError(f"{hint} is no input of the SDK")


def _documented(documentation: str) -> str:
    """A scalar's choices and default; see `inputs.Scalar`."""
    choices, default = CHOICES.search(documentation), DEFAULT.search(documentation)
    text = ":" + "|".join(re.findall("`([^`]*)`", choices[1])) if choices else ""
    return f"{text}={default[1]}" if default else text


if __name__ == "__main__":
    PATH.write_text(written())
