"""Inputs in the form in which the API server keeps them, so that another spelling is no change.

(pulumi/pulumi-kubernetes: normalizeInputs in provider/pkg/provider/provider.go, provider/pkg/clients/unstructured.go)
"""

import base64
import binascii
from collections.abc import Collection, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from sandbox.graph.plugins.kubernetes.kinds import Object, is_builtin, kind_of
from sandbox.providers.values import has_unknown

SERVER_FIELDS = (
    *("creationTimestamp", "deletionGracePeriodSeconds", "deletionTimestamp", "generation", "managedFields"),
    *("resourceVersion", "uid"),
)
"""Metadata that only the API server writes."""

MAPS = (
    *("annotations", "binaryData", "capacity", "data", "hard", "labels", "limits", "matchLabels", "nodeSelector"),
    *("overhead", "parameters", "requests", "stringData"),
)
"""Fields that hold values by free names: without any, the field itself is left out."""

REQUIRED_LISTS = ("containers", "rules")
"""Lists that stay although they are empty."""

QUANTITIES = ("limits", "requests", "capacity", "hard", "overhead", "allocatable")
"""Fields that hold quantities by resource."""

SUFFIXES = {
    **{suffix: Decimal(1024) ** power for power, suffix in enumerate(("Ki", "Mi", "Gi", "Ti", "Pi", "Ei"), start=1)},
    **{suffix: Decimal(1000) ** power for power, suffix in enumerate(("k", "M", "G", "T", "P", "E"), start=1)},
    **{suffix: Decimal(1000) ** -power for power, suffix in enumerate(("m", "u", "n"), start=1)},
}


def normalized(thing: Object) -> Object:
    """The inputs; those of custom resources, and what has unknown parts, only without the server's own fields."""
    if is_builtin(thing) and not has_unknown(thing):
        # Elsewhere a selector is more than a map of labels.
        maps = (*MAPS, "selector") if kind_of(thing) == "Service" else MAPS
        thing = _secret(thing) if kind_of(thing) == "Secret" else _typed(thing, maps)
    metadata = thing.get("metadata")
    if isinstance(metadata, dict):
        thing = {**thing, "metadata": {key: item for key, item in metadata.items() if key not in SERVER_FIELDS}}
    return thing


def quantity(text: Any) -> Any:
    """A quantity as the API server spells it: `0.5` as `500m`, `1024Mi` as `1Gi`. What is none stays as it is."""
    number, suffix = str(text), ""
    for known in SUFFIXES:
        if number.endswith(known):
            number, suffix = number.removesuffix(known), known
            break
    try:
        value = Decimal(number) * SUFFIXES.get(suffix, Decimal(1))
    except InvalidOperation:
        return text
    powers = [key for key in SUFFIXES if key.endswith("i") == suffix.endswith("i")]
    for candidate in sorted([*powers, ""], key=lambda key: -SUFFIXES.get(key, Decimal(1))):
        scaled = value / SUFFIXES.get(candidate, Decimal(1))
        if scaled == scaled.to_integral_value():
            return f"{scaled:f}".partition(".")[0] + candidate
    return text


def _secret(thing: Object) -> Object:
    """A Secret whose stringData stands in data, and whose data is in plain base64."""
    data = {key: _base64(value) for key, value in (thing.get("data") or {}).items()}
    strings = thing.get("stringData") or {}
    data |= {key: base64.b64encode(str(value).encode()).decode() for key, value in strings.items()}
    rest = {key: value for key, value in thing.items() if key not in ("data", "stringData")}
    return {**rest, "data": data} if data else thing


def _base64(text: Any) -> Any:
    try:
        return base64.b64encode(base64.b64decode("".join(str(text).split()), validate=True)).decode()
    except (binascii.Error, ValueError):
        return text


def _typed(value: Any, maps: Collection[str]) -> Any:
    """A part of an object as it is after the API server has read it into its own types."""
    if isinstance(value, list):
        return [_typed(item, maps) for item in value]
    if not isinstance(value, Mapping):
        return value
    return {
        key: {name: quantity(amount) for name, amount in item.items()}
        if key in QUANTITIES and isinstance(item, Mapping)
        else _typed(item, maps)
        for key, item in value.items()
        if not (item == {} and key in maps) and not (item == [] and key not in REQUIRED_LISTS)
    }
