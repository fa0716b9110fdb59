"""The parts of the provider protocol that the SDK's experimental server leaves out."""

# gRPC's own method names and signatures.
# ruff: noqa: ARG002, N802

from typing import Any, NoReturn

from pulumi.provider.experimental import provider
from pulumi.provider.experimental.property_value import PropertyValue
from pulumi.provider.experimental.provider import PropertyDiffKind
from pulumi.provider.experimental.server import ProviderServicer
from pulumi.runtime.proto import provider_pb2

from sandbox.errors import SandboxError
from sandbox.providers.values import Properties


class DiffRequest(provider.DiffRequest):
    """Adds the inputs of the last update, which the SDK's request lacks."""

    old_inputs: Properties


KINDS = {
    PropertyDiffKind.ADD: provider_pb2.PropertyDiff.ADD,
    PropertyDiffKind.ADD_REPLACE: provider_pb2.PropertyDiff.ADD_REPLACE,
    PropertyDiffKind.DELETE: provider_pb2.PropertyDiff.DELETE,
    PropertyDiffKind.DELETE_REPLACE: provider_pb2.PropertyDiff.DELETE_REPLACE,
    PropertyDiffKind.UPDATE: provider_pb2.PropertyDiff.UPDATE,
    PropertyDiffKind.UPDATE_REPLACE: provider_pb2.PropertyDiff.UPDATE_REPLACE,
}

CHANGES = {
    None: provider_pb2.DiffResponse.DIFF_UNKNOWN,
    False: provider_pb2.DiffResponse.DIFF_NONE,
    True: provider_pb2.DiffResponse.DIFF_SOME,
}


def _diff_response(diff: provider.DiffResponse) -> provider_pb2.DiffResponse:
    """The SDK claims a detailed diff even when there is none, and DiffConfig fails on every one."""
    return provider_pb2.DiffResponse(
        replaces=diff.replaces,
        stables=diff.stables,
        deleteBeforeReplace=diff.delete_before_replace,
        changes=CHANGES[diff.changes],
        diffs=diff.diffs,
        detailedDiff={
            path: provider_pb2.PropertyDiff(kind=KINDS[change.kind], inputDiff=change.input_diff)
            for path, change in diff.detailed_diff.items()
        },
        hasDetailedDiff=bool(diff.detailed_diff),
    )


def _diff_request(request: Any) -> DiffRequest:
    diff = DiffRequest(
        request.urn,
        request.id,
        PropertyValue.unmarshal_map(request.olds),
        PropertyValue.unmarshal_map(request.news),
        list(request.ignoreChanges),
    )
    diff.old_inputs = PropertyValue.unmarshal_map(request.old_inputs)
    return diff


class CompleteServicer(ProviderServicer):
    """The SDK's servicer, with old inputs in requests for a diff and truthful diffs in answers."""

    async def DiffConfig(self, request: Any, context: Any) -> provider_pb2.DiffResponse:
        return _diff_response(await self._provider.diff_config(_diff_request(request)))

    async def Diff(self, request: Any, context: Any) -> provider_pb2.DiffResponse:
        return _diff_response(await self._provider.diff(_diff_request(request)))

    async def Construct(self, request: Any, context: Any) -> NoReturn:
        """The SDK's would first point the whole process' runtime settings at another engine."""
        raise SandboxError(
            f"{request.type} is a component that only the published provider plugin builds. Nothing of it "
            "was created. Write its resources out, or put that plugin on PATH."
        )

    async def Call(self, request: Any, context: Any) -> NoReturn:
        """See Construct."""
        raise SandboxError(f"The method {request.tok} is only in the published provider plugin.")
