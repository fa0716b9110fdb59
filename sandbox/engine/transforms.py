"""Transforms: functions of the program that change a registration or an invocation before it counts.

They run in the program, which serves them over gRPC. (pulumi/pulumi: RegisterResource in source_eval.go)
"""

import threading
from collections.abc import Mapping, Sequence
from typing import Any

import grpc
from pulumi.runtime._grpc_settings import (
    _GRPC_CHANNEL_OPTIONS as CHANNEL_OPTIONS,  # pyright: ignore[reportPrivateUsage]
)
from pulumi.runtime.proto import callback_pb2, callback_pb2_grpc, resource_pb2

from sandbox.errors import SandboxError

RESOURCE_OPTIONS = {
    "depends_on": "dependencies",
    "protect": "protect",
    "ignore_changes": "ignoreChanges",
    "replace_on_changes": "replaceOnChanges",
    "version": "version",
    "aliases": "aliases",
    "provider": "provider",
    "custom_timeouts": "customTimeouts",
    "plugin_download_url": "pluginDownloadURL",
    "retain_on_delete": "retainOnDelete",
    "deleted_with": "deletedWith",
    "delete_before_replace": "deleteBeforeReplace",
    "additional_secret_outputs": "additionalSecretOutputs",
    "providers": "providers",
    "plugin_checksums": "pluginChecksums",
    "hooks": "hooks",
    "import": "importId",
    "hide_diff": "hideDiffs",
    "replace_with": "replace_with",
    "replacement_trigger": "replacement_trigger",
}
"""Fields of the options that a transform sees -> of a RegisterResourceRequest."""

INVOKE_OPTIONS = {
    "provider": "provider",
    "version": "version",
    "plugin_download_url": "pluginDownloadURL",
    "plugin_checksums": "pluginChecksums",
}
"""Fields of the options that a transform sees -> of a ResourceInvokeRequest."""


class Transforms:
    """All that one run of a program has registered. Thread-safe."""

    def __init__(self) -> None:
        self.stack: list[Any] = []
        """Callbacks for every resource."""
        self.invokes: list[Any] = []
        """Callbacks for every invocation."""
        self._own: dict[str, tuple[Sequence[Any], str]] = {}
        """Callbacks of a resource and its parent, by URN."""
        self._channels: dict[str, grpc.Channel] = {}
        self._lock = threading.Lock()

    def registration(self, urn: str, request: Any) -> None:
        """Change a RegisterResourceRequest: by its own transforms, then its parents', then the stack's."""
        self._own[urn] = tuple(request.transforms), request.parent
        for callback in [*self._inherited(urn), *self.stack]:
            asked = resource_pb2.TransformRequest(
                type=request.type,
                name=request.name,
                custom=request.custom,
                parent=request.parent,
                properties=request.object,
                options=resource_pb2.TransformResourceOptions(**_options(request, RESOURCE_OPTIONS)),
            )
            if request.deleteBeforeReplaceDefined:
                asked.options.delete_before_replace = request.deleteBeforeReplace
            answer = resource_pb2.TransformResponse.FromString(self._call(callback, asked, request.name))
            if answer.HasField("properties"):
                request.object.CopyFrom(answer.properties)
            if answer.HasField("options"):
                _take(request, answer.options, RESOURCE_OPTIONS)
                request.deleteBeforeReplaceDefined = answer.options.HasField("delete_before_replace")
            for key in set(request.propertyDependencies) - set(request.object.fields):
                del request.propertyDependencies[key]

    def invocation(self, request: Any) -> None:
        """Change a ResourceInvokeRequest."""
        for callback in list(self.invokes):
            options = resource_pb2.TransformInvokeOptions(**_options(request, INVOKE_OPTIONS))
            asked = resource_pb2.TransformInvokeRequest(token=request.tok, args=request.args, options=options)
            answer = resource_pb2.TransformInvokeResponse.FromString(self._call(callback, asked, request.tok))
            if answer.HasField("args"):
                request.args.CopyFrom(answer.args)
            if answer.HasField("options"):
                _take(request, answer.options, INVOKE_OPTIONS)

    def close(self) -> None:
        """End the connections to the program."""
        for channel in self._channels.values():
            channel.close()

    def _inherited(self, urn: str) -> list[Any]:
        found: list[Any] = []
        while urn in self._own:
            callbacks, urn = self._own[urn]
            found += callbacks
        return found

    def _call(self, callback: Any, request: Any, name: str) -> bytes:
        with self._lock:
            if callback.target not in self._channels:
                self._channels[callback.target] = grpc.insecure_channel(callback.target, options=CHANNEL_OPTIONS)
        stub = callback_pb2_grpc.CallbacksStub(self._channels[callback.target])
        message = callback_pb2.CallbackInvokeRequest(token=callback.token, request=request.SerializeToString())
        try:
            return stub.Invoke(message).response
        except grpc.RpcError as error:
            reason = error.details() if isinstance(error, grpc.Call) else str(error)
            raise SandboxError(f"A transform of {name} failed, so nothing was done about it: {reason}") from None


def _options(request: Any, names: Mapping[str, str]) -> dict[str, Any]:
    given = {descriptor.name: value for descriptor, value in request.ListFields()}
    return {option: given[field] for option, field in names.items() if field in given}


def _take(request: Any, options: Any, names: Mapping[str, str]) -> None:
    """Make the request's options these, and no others."""
    for field in names.values():
        request.ClearField(field)
    given = {descriptor.name: value for descriptor, value in options.ListFields()}
    request.MergeFrom(type(request)(**{names[option]: value for option, value in given.items()}))
