"""Objects between Pulumi's properties and the API server: what is sent, what is kept, what is secret."""

import base64
from collections.abc import Mapping
from typing import Any

from pulumi.provider.experimental.property_value import PropertyValue

from sandbox.providers.kubernetes.kinds import Object
from sandbox.providers.values import UNKNOWN, decode, encode

INPUTS = "__inputs"
INITIAL_VERSION = "__initialApiVersion"
FIELD_MANAGER = "__fieldManager"

EXTENSION = "x-kubernetes-"
"""Schema fields of a CustomResourceDefinition that the SDK can only spell with underscores."""

SECRET_FIELDS = ("data", "stringData")

SERVER_FIELDS = ("creationTimestamp", "generation", "managedFields", "resourceVersion", "selfLink", "uid")
"""Metadata that only the API server writes."""


def received(properties: Mapping[str, PropertyValue]) -> Object:
    """The object in a resource's inputs, as the API server spells it."""
    return _respelled(decode(properties), "_", "-")


def returned(thing: Object, like: Mapping[str, PropertyValue]) -> dict[str, PropertyValue]:
    """An object as properties: secret where `like` is, and all of a Secret's data."""
    marked = dict(like)
    if thing.get("kind") == "Secret":
        marked |= dict.fromkeys(SECRET_FIELDS, PropertyValue("", is_secret=True))
    return encode(_respelled(thing, "-", "_"), marked)


def checkpoint(
    inputs: Object, live: Object, like: Mapping[str, PropertyValue], manager: str
) -> dict[str, PropertyValue]:
    """A resource's outputs: the live object, and what the published provider keeps beside it.

    Its managedFields stay out: they repeat the object's shape several times over.
    """
    metadata = {key: value for key, value in live["metadata"].items() if key != "managedFields"}
    return {
        **returned({**live, "metadata": metadata}, like),
        INPUTS: PropertyValue(returned(inputs, like)),
        INITIAL_VERSION: PropertyValue(live["apiVersion"]),
        FIELD_MANAGER: PropertyValue(manager),
    }


def recorded(properties: Mapping[str, PropertyValue]) -> tuple[Object, Object]:
    """The inputs and the live object that `checkpoint` wrote; empty where there are none."""
    everything = received(properties)
    live = {key: value for key, value in everything.items() if not key.startswith("__")}
    return everything.get(INPUTS, {}), live


def applied(thing: Object) -> Object:
    """The object as it is sent: a Secret's stringData is merged into data, where dropped keys are noticed."""
    if thing.get("kind") != "Secret" or "stringData" not in thing:
        return thing
    rest = {key: value for key, value in thing.items() if key != "stringData"}
    return {**rest, "data": {**thing.get("data", {}), **_encoded(thing["stringData"])}}


def projected(live: Any, inputs: Any) -> Any:
    """The live values of what the inputs set: equal to the inputs unless someone else changed them."""
    if isinstance(live, Mapping) and isinstance(inputs, Mapping):
        return {key: projected(live[key], value) for key, value in inputs.items() if key in live}
    if isinstance(live, list) and isinstance(inputs, list) and len(live) == len(inputs):
        return [projected(*pair) for pair in zip(live, inputs, strict=True)]
    return inputs if _same_quantity(live, inputs) else live


def imported(live: Object) -> Object:
    """Inputs for an object that no program has declared yet: what a manifest of it would say."""
    metadata = {key: value for key, value in live["metadata"].items() if key not in SERVER_FIELDS}
    return {**{key: value for key, value in live.items() if key != "status"}, "metadata": metadata}


def _encoded(strings: Any) -> Any:
    if strings == UNKNOWN:
        return {UNKNOWN: UNKNOWN}
    return {
        key: value if value == UNKNOWN else base64.b64encode(str(value).encode()).decode()
        for key, value in strings.items()
    }


def _same_quantity(live: Any, wanted: Any) -> bool:
    """Whether the API server only spelled a quantity its own way: `1000m` as `1`."""
    if not isinstance(live, str) or not isinstance(wanted, str | int | float) or live == wanted:
        return False
    # Imported here: all of the client comes with it, and only a refresh needs it.
    from kubernetes.utils.quantity import parse_quantity

    try:
        return parse_quantity(live) == parse_quantity(wanted)
    except (ValueError, ArithmeticError):
        return False


def _respelled(value: Any, old: str, new: str) -> Any:
    """Extension fields at any depth with their dashes or underscores exchanged."""
    if isinstance(value, list):
        return [_respelled(item, old, new) for item in value]
    if not isinstance(value, Mapping):
        return value
    prefix = EXTENSION.replace("-", old)
    return {
        key.replace(old, new) if key.startswith(prefix) else key: _respelled(item, old, new)
        for key, item in value.items()
    }
