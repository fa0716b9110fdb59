"""Inputs that are wrong whatever the cluster says."""

from collections.abc import Iterator

from pulumi.provider.experimental.provider import CheckFailure

from sandbox.errors import SandboxError
from sandbox.providers.kubernetes.expectation import expectation
from sandbox.providers.kubernetes.kinds import Object, annotations
from sandbox.providers.values import has_unknown


def mistakes(new: Object, *, patch: bool) -> Iterator[CheckFailure]:
    """Each with the property it is about; `patch`: the object belongs to others."""
    metadata = new.get("metadata", {})
    if isinstance(metadata, dict) and metadata.get("generateName") and not metadata.get("name"):
        yield CheckFailure(
            "metadata.generateName",
            "Server-side apply needs a name. Set metadata.name, or neither to have a name generated.",
        )
    if patch and isinstance(metadata, dict) and not metadata.get("name"):
        yield CheckFailure("metadata.name", "A patch has no name of its own. Name the object that it changes.")
    try:
        if not has_unknown(annotations(new)):
            expectation(new)
    except SandboxError as error:
        yield CheckFailure('metadata.annotations["pulumi.com/waitFor"]', str(error))
