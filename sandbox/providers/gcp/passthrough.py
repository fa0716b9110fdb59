"""Resource types of Google's that are not simulated: taken as they are, so that programs with such resources work."""

import importlib
import re
import typing
from typing import Any

from google.protobuf import json_format
from pulumi import _types  # pyright: ignore[reportPrivateUsage]
from pulumi.provider.experimental import provider as sdk
from pulumi.provider.experimental.property_value import PropertyValue

from sandbox.errors import SandboxError
from sandbox.providers.difference import compare
from sandbox.providers.gcp.types import TYPES
from sandbox.providers.plugin import PluginProvider
from sandbox.providers.protocol import DiffRequest
from sandbox.providers.values import Properties, decode

COMPUTED = "[computed]"
"""Stands for text that only Google could know."""


def is_simulated(token: str) -> bool:
    return token.rpartition("$")[2] in TYPES


class PassThrough:
    """The methods of a provider for types that are not simulated: nothing is checked, and nothing recorded.

    Every change is one in place, and only outputs that are always text have a value.
    """

    def __init__(self, provider: PluginProvider) -> None:
        self._provider = provider
        self._warned: set[str] = set()

    def check(self, request: sdk.CheckRequest) -> sdk.CheckResponse:
        token = request.type.rpartition("$")[2]
        if token not in self._warned:
            self._warned.add(token)
            self._provider.tell(
                request.urn,
                f"{token} is not simulated: its inputs are not checked, nothing is made of them, and what Google would "
                f"compute reads {COMPUTED}.",
            )
        return sdk.CheckResponse(inputs=request.new_inputs)

    def diff(self, request: DiffRequest) -> sdk.DiffResponse:
        return compare(_comparable(request.old_inputs), _comparable(request.new_inputs))

    def create(self, request: sdk.CreateRequest) -> sdk.CreateResponse:
        if request.preview:
            return sdk.CreateResponse(properties=request.properties)
        name = request.urn.rpartition("::")[2]
        return sdk.CreateResponse(name, _computed(request.urn) | request.properties)

    def update(self, request: sdk.UpdateRequest) -> sdk.UpdateResponse:
        return sdk.UpdateResponse({**request.olds, **request.news})

    def read(self, request: sdk.ReadRequest) -> sdk.ReadResponse:
        """What the engine knows of it; of a resource that others made, which is taken to be there, nothing."""
        outputs = request.properties or _computed(request.urn)
        return sdk.ReadResponse(request.resource_id, outputs, request.inputs)


def _comparable(values: Properties) -> dict[str, Any]:
    """Plain JSON; assets and archives by their hashes."""
    plain: dict[str, Any] = {}
    for key, value in values.items():
        try:
            plain |= decode({key: value})
        except SandboxError:
            plain[key] = json_format.MessageToDict(PropertyValue.marshal(value))
    return plain


def _computed(urn: str) -> Properties:
    """The outputs of a resource that the SDK declares as text, by name."""
    token = urn.split("::")[2].rpartition("$")[2]
    try:
        cls = sdk_class(token)
    except (ImportError, AttributeError):
        # Of a newer SDK than this one's.
        return {}
    properties = _types._py_properties(cls)  # pyright: ignore[reportPrivateUsage]
    return {name: PropertyValue(COMPUTED) for _, name, member in properties if _is_text(member)}


def sdk_class(token: str, suffix: str = "") -> Any:
    """The SDK's class of a type token, or, with a suffix, the one of that name beside it."""
    module, cls = token.split(":")[1:]
    package, name = module.split("/")
    # The SDK turns only the first of neighbouring capitals into the token's lower case: iAMMember, sSLPolicy.
    file = re.sub(r"(?<=[a-z0-9])([A-Z])", r"_\1", re.sub("iAM|sSL", lambda of: of[0].lower(), name)).lower()
    return getattr(importlib.import_module(f"pulumi_gcp.{package}.{file}"), f"{cls}{suffix}")


def _is_text(member: property) -> bool:
    hint = typing.get_type_hints(member.fget).get("return")
    return typing.get_args(hint) == (str,)
