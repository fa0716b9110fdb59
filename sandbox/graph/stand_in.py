"""Provider plugins for an evaluation without cloud or cluster: what they compute is made up, the rest is theirs.

Checks and differences are the sandbox's own providers', so that an offline diff and `up` agree.
"""

import hashlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from typing import Any

from pulumi.provider.experimental.provider import Provider
from pulumi.runtime.proto import provider_pb2

from sandbox.engine import urn as urns
from sandbox.engine.plugins import Plugin, Plugins, ProviderError
from sandbox.engine.property import UNKNOWN, Value, from_struct, redact, to_struct, transform

COMPUTED = "[computed]"
"""What stands for a value that only a provider could know."""

_INVENTED = f"computed/by-the-provider@sha256:{'0' * 64}"
"""Reads as an image with a digest, so that programs can take it apart."""

_TELLING = 7
"""Characters from which on an invented text cannot be part of another by chance."""


class StandIns(Plugins):
    """The sandbox's providers, none of which looks outside.

    `deployed`: what is created gets made-up outputs, as if it existed from then on; otherwise they are unknown.
    """

    def __init__(self, builtin: Mapping[str, Callable[[], Provider]]) -> None:
        super().__init__(builtin)
        self.deployed = True
        self._invented: set[str] = {_INVENTED}

    def load(self, package: str) -> Plugin:
        return _StandIn(super().load(package), self)

    def invent(self, previewed: Value, made: Value) -> None:
        """Remember the texts in `made` that the preview did not know."""
        self._invented |= {text for text in _unknown_in(previewed, made) if len(text) >= _TELLING}

    def unknowing(self, value: Value) -> Value:
        """The value with everything that holds something made up as unknown."""

        def hidden(part: Value) -> Value:
            return UNKNOWN if isinstance(part, str) and any(text in part for text in self._invented) else part

        return transform(value, hidden)

    def honest(self, value: Value) -> Value:
        """The value as a person may see it: without secrets, and with `COMPUTED` for what was made up."""

        longest_first = sorted(self._invented, key=len, reverse=True)

        def told(part: Value) -> Value:
            if isinstance(part, str):
                for text in longest_first:
                    part = part.replace(text, COMPUTED)
            return part

        return transform(redact(value), told)


class _StandIn:
    """One provider; nothing that is asked of it happens outside this process."""

    def __init__(self, plugin: Plugin, owner: StandIns) -> None:
        self._plugin = plugin
        self._owner = owner

    def call(self, method: str, request: Any) -> Any:
        if method == "Check":
            # A generated name is the same whenever the same program is evaluated.
            request.randomSeed = hashlib.sha256(request.urn.encode()).digest()
        if method == "Read":
            return provider_pb2.ReadResponse(id=request.id, properties=request.properties)
        if method == "Create" and self._owner.deployed:
            return self._create(request)
        return self._plugin.call(method, request)

    def close(self) -> None:
        self._plugin.close()

    def _create(self, request: Any) -> Any:
        """The response with nothing unknown. The simulated Google computes; for others one text stands for all."""
        previewed = self._plugin.call("Create", request)
        known = from_struct(previewed.properties)
        if urns.package(urns.type_of(request.urn)) == "gcp":
            request.preview = False
            # What it refuses refers to something that this program did not make, such as a DNS zone of others.
            with suppress(ProviderError):
                response = self._plugin.call("Create", request)
                self._owner.invent(known, from_struct(response.properties))
                return response
        made = transform(known, lambda part: _INVENTED if part == UNKNOWN else part)
        return provider_pb2.CreateResponse(id=urns.name_of(request.urn), properties=to_struct(made))


def _unknown_in(previewed: Value, made: Value) -> Iterator[str]:
    """Every text of `made` at whose place `previewed` is unknown."""
    if previewed == UNKNOWN:
        yield from _texts(made)
    elif isinstance(previewed, dict) and isinstance(made, dict):
        for key in previewed.keys() & made.keys():
            yield from _unknown_in(previewed[key], made[key])


def _texts(value: Value) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _texts(part)
