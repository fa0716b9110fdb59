"""Property values: the JSON form of Pulumi's wire format, as `RegisterResource` and state files hold them.

A value is a plain JSON value. Secrets, assets, archives and resource references are objects that carry their kind
under `SIGNATURE`; a value that is not known yet, in a preview, is the string `UNKNOWN`. Numbers without a fraction
are integers. (pulumi/pulumi: sdk/go/common/resource/sig, sdk/go/common/resource/plugin/rpc.go)
"""

from collections.abc import Callable
from typing import Any

from google.protobuf import struct_pb2

Value = Any
Properties = dict[str, Value]

SIGNATURE = "4dabf18193072939515e22adb298388d"
SECRET = "1b47061264138c4ac30d75fd1eb44270"
ASSET = "c44067f5952c0a294b673a41bacd8c17"
ARCHIVE = "0def7320c3a5731c473e5ecbe6d01bc7"
REFERENCE = "5cf8f73096256a8f31e491e813e4eb8e"
UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"


def signature(value: Value) -> str | None:
    """Which special kind of object the value is, if any."""
    return value.get(SIGNATURE) if isinstance(value, dict) else None


def is_secret(value: Value) -> bool:
    return signature(value) == SECRET


def secret(value: Value) -> Value:
    """The value, marked as a secret."""
    return value if is_secret(value) else {SIGNATURE: SECRET, "value": reveal(value)}


def transform(value: Value, change: Callable[[Value], Value]) -> Value:
    """A copy whose every part went through `change`, from the leaves up."""
    if isinstance(value, dict):
        value = {key: transform(item, change) for key, item in value.items()}
    elif isinstance(value, list):
        value = [transform(item, change) for item in value]
    return change(value)


def reveal(value: Value) -> Value:
    """The value with every secret in plain."""
    return transform(value, lambda part: part["value"] if is_secret(part) else part)


def redact(value: Value) -> Value:
    """The value as a person may see it: secrets and unknown parts by name only."""
    if is_secret(value):
        return "[secret]"
    if isinstance(value, dict):
        return {key: redact(item) for key, item in value.items() if key != SIGNATURE}
    if isinstance(value, list):
        return [redact(item) for item in value]
    return "[unknown]" if value == UNKNOWN else value


def contains(value: Value, matches: Callable[[Value], bool]) -> bool:
    """Whether the value or any part of it matches."""
    if matches(value):
        return True
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return any(contains(part, matches) for part in parts)


def contains_unknown(value: Value) -> bool:
    return contains(value, lambda part: part == UNKNOWN)


def contains_secret(value: Value) -> bool:
    return contains(value, is_secret)


def known(properties: Properties) -> Properties:
    """The properties that are wholly known."""
    return {key: value for key, value in properties.items() if not contains_unknown(value)}


def sent(properties: Properties, *, secrets: bool, references: bool) -> struct_pb2.Struct:
    """The properties as a provider gets them: one that does not take secrets or references gets plain values."""

    def plain(part: Value) -> Value:
        match signature(part):
            case str() as kind if kind == SECRET and not secrets:
                return part["value"]
            case str() as kind if kind == REFERENCE and not references:
                return part["urn"] if "id" not in part else part["id"] or UNKNOWN
            case _:
                return part

    return to_struct(transform(properties, plain))


def mark_secrets(outputs: Properties, inputs: Properties) -> Properties:
    """Outputs of a provider that knows no secrets: what bears the name of a secret input is secret again.

    Objects are compared key by key; any other value with a secret in it is secret as a whole.
    (pulumi/pulumi: annotateSecrets in sdk/go/common/resource/plugin/provider_plugin.go)
    """
    marked = dict(outputs)
    for key, value in inputs.items():
        if key not in outputs:
            continue
        output = outputs[key]
        both = all(isinstance(side, dict) and not signature(side) for side in (output, value))
        if both:
            marked[key] = mark_secrets(output, value)
        elif contains_secret(value):
            marked[key] = secret(output)
    return marked


def to_struct(properties: Properties) -> struct_pb2.Struct:
    struct = struct_pb2.Struct()
    struct.update(properties)
    return struct


def from_struct(struct: struct_pb2.Struct) -> Properties:
    return {key: from_value(value) for key, value in struct.fields.items()}


def from_value(value: struct_pb2.Value) -> Value:
    match value.WhichOneof("kind"):
        case "struct_value":
            return from_struct(value.struct_value)
        case "list_value":
            return [from_value(item) for item in value.list_value.values]
        case "number_value":
            number = value.number_value
            return int(number) if number.is_integer() else number
        case "string_value":
            return value.string_value
        case "bool_value":
            return value.bool_value
        case _:
            return None
