"""One configured provider, and what the engine asks of it. (pulumi/pulumi: provider_plugin.go)"""

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from google.protobuf import struct_pb2
from pulumi.runtime.proto import provider_pb2

from sandbox.engine import urn as urns
from sandbox.engine.diff import Diff, Kind, compare, detailed, flag
from sandbox.engine.plugins import Plugin, ProviderError
from sandbox.engine.property import (
    Properties,
    contains_unknown,
    from_struct,
    mark_secrets,
    reveal,
    sent,
    to_struct,
)
from sandbox.engine.resource import Resource
from sandbox.errors import SandboxError

_PROPERTY = provider_pb2.PropertyDiff
_KINDS: dict[int, tuple[Kind, bool]] = {
    _PROPERTY.ADD: ("add", False),
    _PROPERTY.ADD_REPLACE: ("add", True),
    _PROPERTY.DELETE: ("delete", False),
    _PROPERTY.DELETE_REPLACE: ("delete", True),
    _PROPERTY.UPDATE: ("update", False),
    _PROPERTY.UPDATE_REPLACE: ("update", True),
}


@dataclass(frozen=True)
class Checked:
    """Inputs with the provider's defaults, or what is wrong with them (property, reason)."""

    inputs: Properties
    failures: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Found:
    """What a provider knows of a resource. The id is empty when there is none, or none is known yet."""

    id: str
    outputs: Properties
    inputs: Properties | None = None


class Unconfigured(Exception):  # noqa: N818 - a state, not a mistake
    """In a preview: the provider's configuration is not known, so it cannot say what would change."""


class Lifecycle(Protocol):
    """What a resource goes through: with its provider, or, when it is a provider itself, with the registry."""

    def check(self, urn: str, old: Properties | None, new: Properties) -> Checked: ...

    def diff(self, old: Resource, inputs: Properties, ignore: Sequence[str]) -> Diff: ...

    def create(self, new: Resource) -> Found: ...

    def update(self, old: Resource, new: Resource) -> Found: ...

    def delete(self, old: Resource) -> None: ...


class Provider:
    """A plugin that serves one provider resource. Every method may raise ProviderError."""

    def __init__(self, plugin: Plugin, preview: bool) -> None:
        self._plugin = plugin
        self._preview = preview
        self._secrets = self._references = self._previews = False
        self.configured = False
        """False in a preview when a part of the configuration is not known yet: then the plugin is not asked."""

    def check_config(self, urn: str, old: Properties | None, new: Properties) -> Checked:
        try:
            response = self._plugin.call("CheckConfig", self._check(urn, old, new, secrets=False))
        except ProviderError as error:
            if error.unimplemented:
                return Checked(new)
            raise
        return _checked(response, new, annotate=True)

    def diff_config(self, urn: str, id_: str, old: Resource, new: Properties, ignore: Sequence[str] = ()) -> Diff:
        try:
            response = self._plugin.call(
                "DiffConfig",
                provider_pb2.DiffRequest(
                    urn=urn,
                    id=id_,
                    name=urns.name_of(urn),
                    type=urns.type_of(urn),
                    old_inputs=_plain(old.inputs),
                    olds=_plain(old.outputs),
                    news=_plain(new),
                    ignoreChanges=ignore,
                ),
            )
        except ProviderError as error:
            if not error.unimplemented:
                raise
            response = provider_pb2.DiffResponse()
        return _diff(response, old.inputs, old.outputs, new)

    def configure(self, urn: str, id_: str, inputs: Properties) -> None:
        """Hand over the configuration; in a preview, only when all of it is known."""
        if any(contains_unknown(value) for value in inputs.values()):
            return
        package = urns.package(urns.type_of(urn))
        response = self._plugin.call(
            "Configure",
            provider_pb2.ConfigureRequest(
                urn=urn,
                id=id_,
                name=urns.name_of(urn),
                type=urns.type_of(urn),
                args=to_struct(inputs),
                variables=_variables(package, inputs),
                acceptSecrets=True,
                acceptResources=True,
                sends_old_inputs=True,
                sends_old_inputs_to_delete=True,
            ),
        )
        self._secrets, self._references = response.acceptSecrets, response.acceptResources
        self._previews = response.supportsPreview
        self.configured = True

    def check(self, urn: str, old: Properties | None, new: Properties) -> Checked:
        if not self.configured:
            return Checked(new)
        response = self._plugin.call("Check", self._check(urn, old, new, secrets=self._secrets))
        return _checked(response, new, annotate=not self._secrets)

    def diff(self, old: Resource, inputs: Properties, ignore: Sequence[str]) -> Diff:
        """Raises Unconfigured."""
        if not self.configured:
            raise Unconfigured
        response = self._plugin.call(
            "Diff",
            provider_pb2.DiffRequest(
                id=old.id,
                urn=old.urn,
                name=old.name,
                type=old.type,
                old_inputs=self._sent(old.inputs),
                olds=self._sent(old.outputs),
                news=self._sent(inputs),
                ignoreChanges=ignore,
            ),
        )
        return _diff(response, old.inputs, old.outputs, inputs)

    def create(self, new: Resource) -> Found:
        if self._preview and not (self.configured and self._previews):
            return Found("", self._unasked(new))
        response = self._plugin.call(
            "Create",
            provider_pb2.CreateRequest(
                urn=new.urn,
                name=new.name,
                type=new.type,
                properties=self._sent(new.inputs),
                timeout=new.custom_timeouts.get("create", 0),
                preview=self._preview,
            ),
        )
        if not response.id and not self._preview:
            raise SandboxError(f"The provider returned no id for {new.urn}, so it cannot be managed. It may exist.")
        return Found(response.id, self.outputs(response.properties, new.inputs))

    def _unasked(self, new: Resource) -> Properties:
        """Outputs in a preview without the provider: its inputs, or nothing known while it is not configured."""
        return new.inputs if self.configured else {}

    def update(self, old: Resource, new: Resource) -> Found:
        if self._preview and not (self.configured and self._previews):
            return Found(old.id, self._unasked(new))
        response = self._plugin.call(
            "Update",
            provider_pb2.UpdateRequest(
                id=old.id,
                urn=new.urn,
                name=new.name,
                type=new.type,
                old_inputs=self._sent(old.inputs),
                olds=self._sent(old.outputs),
                news=self._sent(new.inputs),
                timeout=new.custom_timeouts.get("update", 0),
                ignoreChanges=new.ignore_changes,
                preview=self._preview,
            ),
        )
        return Found(old.id, self.outputs(response.properties, new.inputs))

    def delete(self, old: Resource) -> None:
        self._plugin.call(
            "Delete",
            provider_pb2.DeleteRequest(
                id=old.id,
                urn=old.urn,
                name=old.name,
                type=old.type,
                properties=self._sent(old.outputs),
                old_inputs=self._sent(old.inputs),
                timeout=old.custom_timeouts.get("delete", 0),
            ),
        )

    def read(self, urn: str, id_: str, inputs: Properties | None, outputs: Properties) -> Found:
        """The resource as it is now."""
        request = provider_pb2.ReadRequest(
            id=id_, urn=urn, name=urns.name_of(urn), type=urns.type_of(urn), properties=self._sent(outputs)
        )
        if inputs is not None:
            request.inputs.CopyFrom(self._sent(inputs))
        response = self._plugin.call("Read", request)
        found = from_struct(response.inputs) if response.HasField("inputs") else None
        if found is not None and not self._secrets:
            found = mark_secrets(found, inputs or {})
        return Found(response.id, self.outputs(response.properties, outputs), found)

    def invoke(self, token: str, arguments: Properties) -> tuple[Properties, tuple[tuple[str, str], ...]]:
        """The function's result, and its failures (property, reason)."""
        request = provider_pb2.InvokeRequest(tok=token, args=self._sent(arguments))
        response = self._plugin.call("Invoke", request)
        failures = tuple((failure.property, failure.reason) for failure in response.failures)
        return from_struct(getattr(response, "return")), failures

    def call(self, request: Any) -> provider_pb2.CallResponse:
        """The answer of a resource's method to a ResourceCallRequest."""
        dependencies = {
            key: provider_pb2.CallRequest.ArgumentDependencies(urns=on.urns)
            for key, on in request.argDependencies.items()
        }
        call = provider_pb2.CallRequest(
            tok=request.tok, args=request.args, argDependencies=dependencies, dryRun=self._preview
        )
        return self._plugin.call("Call", call)

    def outputs(self, struct: struct_pb2.Struct, given: Properties) -> Properties:
        """A provider's outputs; from one that takes no secrets, those named as secrets that it was given are secret."""
        outputs = from_struct(struct)
        return outputs if self._secrets else mark_secrets(outputs, given)

    def close(self) -> None:
        self._plugin.close()

    def _sent(self, properties: Properties) -> struct_pb2.Struct:
        return sent(properties, secrets=self._secrets, references=self._references)

    def _check(self, urn: str, old: Properties | None, new: Properties, *, secrets: bool) -> Any:
        def plain(properties: Properties) -> struct_pb2.Struct:
            return sent(properties, secrets=secrets, references=secrets and self._references)

        return provider_pb2.CheckRequest(
            urn=urn,
            name=urns.name_of(urn),
            type=urns.type_of(urn),
            olds=plain(old or {}),
            news=plain(new),
            randomSeed=os.urandom(32),
        )


def _plain(properties: Properties) -> struct_pb2.Struct:
    return sent(properties, secrets=False, references=False)


def _variables(package: str, inputs: Properties) -> dict[str, str]:
    """The configuration under its old names, for providers that still read those."""
    plain: Mapping[str, Any] = reveal(inputs)
    return {
        f"{package}:config:{key}": value if isinstance(value, str) else json.dumps(value)
        for key, value in plain.items()
        if key != "version"
    }


def _checked(response: Any, new: Properties, *, annotate: bool) -> Checked:
    inputs = from_struct(response.inputs)
    failures = tuple((failure.property, failure.reason) for failure in response.failures)
    return Checked(mark_secrets(inputs, new) if annotate else inputs, failures)


def _diff(response: Any, inputs: Properties, outputs: Properties, new: Properties) -> Diff:
    if response.changes == provider_pb2.DiffResponse.DIFF_NONE:
        return Diff(False)
    listed = {path: (*_KINDS[item.kind], item.inputDiff) for path, item in response.detailedDiff.items()}
    properties = detailed(listed, inputs, outputs, new) or flag(compare(inputs, new), response.replaces)
    some = response.changes == provider_pb2.DiffResponse.DIFF_SOME
    replaces = {*response.replaces, *(change.path for change in properties if change.replace)}
    return Diff(
        changed=some or bool(properties) or bool(replaces),
        properties=properties,
        replaces=tuple(sorted(replaces)),
        delete_before_replace=response.deleteBeforeReplace,
    )
