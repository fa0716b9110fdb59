"""The SDK's host of components, with mistakes told in words alone."""

from pulumi import Inputs, ResourceOptions, RunError
from pulumi.provider import ConstructResult
from pulumi.provider.experimental.component import ComponentProvider
from pulumi.provider.server import ComponentInitError


class Plugin(ComponentProvider):
    """Offers components to an engine."""

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
