"""The SDK's host of components, with mistakes told in words alone, and texts as they read."""

import json
from inspect import cleandoc
from typing import Any

from pulumi import ComponentResource, Inputs, ResourceOptions, RunError
from pulumi.provider import ConstructResult
from pulumi.provider.experimental.component import ComponentProvider
from pulumi.provider.server import ComponentInitError


class Plugin(ComponentProvider):
    """Offers components to an engine."""

    def __init__(self, components: list[type[ComponentResource]], name: str, *, version: str) -> None:
        super().__init__(components, name, version=version)
        assert self.schema
        self.schema = json.dumps(json.loads(self.schema, object_hook=_cleaned))

    def construct(
        self, name: str, resource_type: str, inputs: Inputs, options: ResourceOptions | None = None
    ) -> ConstructResult:
        try:
            return super().construct(name, resource_type, inputs, options)
        except ComponentInitError as error:
            # What a user can repair comes without a traceback.
            if isinstance(error.inner, RunError):
                raise error.inner from None
            raise


def _cleaned(part: dict[str, Any]) -> dict[str, Any]:
    """The SDK takes over how a docstring is indented."""
    if isinstance(text := part.get("description"), str):
        part["description"] = cleandoc(text)
    return part
