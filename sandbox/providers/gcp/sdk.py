"""Writes `inputs.json`: the inputs of the supported types, as the pinned SDK package declares them.

`python -m sandbox.providers.gcp.sdk`, after a change of the SDK's version or of the table of types. Reading
the SDK at run time instead would take most of a second of every preview.
"""

import collections.abc
import inspect
import json
import typing
from typing import Any

from pulumi import _types  # pyright: ignore[reportPrivateUsage]

from sandbox.providers.gcp.inputs import PATH, REQUIRED
from sandbox.providers.gcp.passthrough import sdk_class
from sandbox.providers.gcp.types import TYPES

SCALARS = {str: "string", bool: "boolean", int: "number", float: "number"}


def declared(token: str) -> Any:
    """The shape of a type's inputs; see `inputs.Shape`."""
    return _shape(sdk_class(token, "Args"))


def written() -> str:
    """The content of `inputs.json`, one type a line."""
    lines = [
        f"{json.dumps(token)}: {json.dumps(declared(token), separators=(',', ':'), sort_keys=True)}"
        for token in sorted(TYPES)
    ]
    return "{\n" + ",\n".join(lines) + "\n}\n"


def _shape(hint: Any) -> Any:
    if hint in SCALARS:
        return SCALARS[hint]
    if _types.is_input_type(hint):
        parameters = inspect.signature(hint.__init__).parameters
        spelled = _types.input_type_py_to_pulumi_names(hint)
        required = {spelled.get(name, name) for name, given in parameters.items() if given.default is given.empty}
        return {
            name + (REQUIRED if name in required else ""): _shape(inner)
            for name, inner in _types.input_type_types(hint).items()
        }
    origin, parts = typing.get_origin(hint), typing.get_args(hint)
    if origin in (collections.abc.Sequence, list):
        return [_shape(parts[0])]
    if origin in (collections.abc.Mapping, dict):
        return {"*": _shape(parts[1])}
    if origin is typing.Union:
        return _shape(next(part for part in parts if part is not type(None)))
    raise TypeError(f"{hint} is no input of the SDK")


if __name__ == "__main__":
    PATH.write_text(written())
