"""Property values in the JSON of Pulumi's states and previews.

Secrets, assets and archives are objects that carry their kind under `SIGNATURE`; a value that is not known yet is the
string `UNKNOWN`. (pulumi/pulumi: sdk/go/common/resource/sig, pkg/resource/stack/deployment.go)
"""

import re
from collections.abc import Callable
from typing import Any

Value = Any
Path = tuple[str | int, ...]
"""Keys of objects and indexes of lists, from the outside in."""

SIGNATURE = "4dabf18193072939515e22adb298388d"
SECRET = "1b47061264138c4ac30d75fd1eb44270"
UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"

REDACTED = "[secret]"
"""What the CLI shows of a secret."""

_PART = re.compile(r'\.?([^.\[\]"]+)|\[(\d+)\]|\["((?:[^"\\]|\\.)*)"\]')


def transform(value: Value, change: Callable[[Value], Value]) -> Value:
    """A copy whose every part went through `change`, from the leaves up."""
    if isinstance(value, dict):
        value = {key: transform(item, change) for key, item in value.items()}
    elif isinstance(value, list):
        value = [transform(item, change) for item in value]
    return change(value)


def contains(value: Value, matches: Callable[[Value], bool]) -> bool:
    """Whether the value or any part of it matches."""
    if matches(value):
        return True
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return any(contains(part, matches) for part in parts)


def is_secret(value: Value) -> bool:
    """Whether the value is a secret, be it encrypted or already redacted."""
    return value == REDACTED or (isinstance(value, dict) and value.get(SIGNATURE) == SECRET)


def parse_path(text: str) -> Path:
    """The path that a text such as `spec.ports[0].name` spells; as one key where it follows no grammar."""
    path: list[str | int] = []
    end = 0
    while end < len(text):
        part = _PART.match(text, end)
        if part is None:
            return (text,)
        name, index, quoted = part.groups()
        path.append(int(index) if index else name or re.sub(r"\\(.)", r"\1", quoted))
        end = part.end()
    return tuple(path)


def find(value: Value, path: Path) -> Value:
    """The value at `path`, or None where there is none; of what is inside a secret, the secret."""
    for key in path:
        if is_secret(value):
            return value
        try:
            value = value[key]
        except (KeyError, IndexError, TypeError):
            return None
    return value
