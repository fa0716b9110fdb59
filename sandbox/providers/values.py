"""Pulumi property values as plain JSON, and back."""

from collections.abc import Mapping, Sequence
from typing import Any

from pulumi.provider.experimental.property_value import PropertyValue
from pulumi.runtime import rpc

from sandbox.errors import SandboxError

Properties = dict[str, PropertyValue]

UNKNOWN = rpc.UNKNOWN
"""Stands for a value that only an update will know; the SDK's PropertyValue leaves it a string."""


def decode(values: Mapping[str, PropertyValue]) -> dict[str, Any]:
    """Plain JSON: secrets opened, whole numbers as integers, keys without a value left out.

    Raises SandboxError for an asset or an archive.
    """
    return {key: _plain(value) for key, value in values.items() if value.value is not None}


def _plain(value: PropertyValue) -> Any:
    inner = value.value
    if isinstance(inner, float):
        return int(inner) if inner.is_integer() else inner
    if inner is None or isinstance(inner, bool | str):
        return inner
    if isinstance(inner, Mapping):
        return decode(inner)
    if isinstance(inner, Sequence):
        return [_plain(item) for item in inner]
    raise SandboxError(f"A property holds a {type(inner).__name__}, which this provider does not take.")


def encode(values: Mapping[str, Any], like: Mapping[str, PropertyValue] | None = None) -> Properties:
    """Property values of plain JSON; what is secret in `like` at the same path is secret here.

    A list is secret as a whole when anything in its counterpart is: its order may have changed.
    """
    like = like or {}
    return {key: _property(value, like.get(key)) for key, value in values.items()}


def _property(value: Any, like: PropertyValue | None) -> PropertyValue:
    counterpart = like.value if like is not None and not like.is_secret else None
    if isinstance(value, Mapping):
        nested = counterpart if isinstance(counterpart, Mapping) else None
        result = PropertyValue(encode(value, nested))
        # With a mapping on both sides each key was compared on its own.
        tainted = nested is None
    else:
        if isinstance(value, list):
            result = PropertyValue([_property(item, None) for item in value])
        else:
            is_number = isinstance(value, int) and not isinstance(value, bool)
            result = PropertyValue(float(value) if is_number else value)
        tainted = True
    return result.with_secret(True) if tainted and like is not None and like.contains_secret() else result


def has_unknown(value: Any) -> bool:
    """Whether a plain value is, or contains, one that is not known yet."""
    if isinstance(value, Mapping):
        return any(has_unknown(item) for item in value.values())
    if isinstance(value, list):
        return any(has_unknown(item) for item in value)
    return value == UNKNOWN
