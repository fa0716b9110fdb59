"""The docker provider: `docker.Image`, built and pushed without a Docker daemon."""

import asyncio
import os
from typing import Any

from pulumi.provider.experimental.property_value import PropertyValue
from pulumi.provider.experimental.provider import (
    CheckRequest,
    CheckResponse,
    CreateRequest,
    CreateResponse,
    DeleteRequest,
    DiffRequest,
    DiffResponse,
    Provider,
    UpdateRequest,
    UpdateResponse,
)

from sandbox.errors import SandboxError
from sandbox.home import Home
from sandbox.providers.difference import compare
from sandbox.providers.docker.image import Build, Inputs, mistakes, with_defaults
from sandbox.providers.values import UNKNOWN, Properties, decode, encode, has_unknown
from sandbox.registry.buildah import Buildah

IMAGE = "docker:index/image:Image"

REMEMBERED = "__inputs"
"""Where pulumi-docker keeps, in the outputs, the inputs that the last build was made of."""


class DockerProvider(Provider):
    """Serves the resource `docker:index/image:Image` of pulumi-docker 5 with buildah.

    As the original does, it updates in place by building again, whatever changed; it ignores changes of the
    user name and the password; it deletes nothing, here or in the registry; it takes relative paths from the
    working directory. The provider resource's own arguments are about a Docker daemon: they are accepted and
    have no effect.
    """

    def __init__(self, buildah: Buildah | None = None) -> None:
        self.buildah = buildah or Buildah(Home.locate())

    async def check(self, request: CheckRequest) -> CheckResponse:
        if (kind := request.type.rpartition("$")[2]) != IMAGE:
            raise SandboxError(
                f"The sandbox's docker provider has no {kind}, so {request.name} cannot be made here. "
                f"It serves {IMAGE} only: put the pulumi-resource-docker plugin on PATH to use the others."
            )
        inputs = await asyncio.to_thread(with_defaults, decode(request.new_inputs))
        return CheckResponse(encode(inputs, request.new_inputs), list(mistakes(inputs)))

    async def diff(self, request: DiffRequest) -> DiffResponse:
        old = decode(request.old_state).get(REMEMBERED, {})
        return compare(old, _remembered(decode(request.new_inputs)))

    async def create(self, request: CreateRequest) -> CreateResponse:
        properties = await self._make(request.properties, request.preview)
        name = decode(request.properties)["imageName"]
        return CreateResponse(None if request.preview else name, properties)

    async def update(self, request: UpdateRequest) -> UpdateResponse:
        return UpdateResponse(await self._make(request.news, request.preview))

    async def delete(self, request: DeleteRequest) -> None:
        """Leaves the image: in a registry others may use it, and ghcr.io refuses to delete it."""

    async def _make(self, properties: Properties, preview: bool) -> Properties:
        inputs = decode(properties)
        digest = UNKNOWN
        if not preview or (inputs["buildOnPreview"] and not has_unknown(inputs)):
            digest = await asyncio.to_thread(self._build, Build.of(inputs), preview)
        return encode(
            {**outputs(inputs, digest), REMEMBERED: _remembered(inputs)},
            {REMEMBERED: PropertyValue(properties)},
        )

    def _build(self, build: Build, preview: bool) -> str:
        """The image's `repoDigest`; a preview builds, but only a push tells the digest."""
        self.buildah.build(
            build.name,
            build.context,
            build.dockerfile,
            arguments=build.arguments,
            options=build.options,
            logins=build.logins,
        )
        if preview:
            return UNKNOWN
        if not build.push:
            return str(self.buildah.identifier(build.name))
        return f"{build.repository}@{self.buildah.push(build.name, build.logins)}"


def outputs(inputs: Inputs, digest: str) -> dict[str, Any]:
    """The resource's outputs, with `digest` as `repoDigest`."""
    build, name = inputs["build"], inputs["imageName"]
    paths = build["dockerfile"], build["context"]
    return {
        "baseImageName": name,
        "imageName": name,
        "registryServer": (inputs.get("registry") or {}).get("server", name.partition("/")[0]),
        "context": build["context"],
        "dockerfile": UNKNOWN if UNKNOWN in paths else os.path.relpath(*paths),
        "platform": build["platform"],
        "repoDigest": digest,
    }


def _remembered(inputs: Inputs) -> dict[str, Any]:
    """The inputs whose change asks for a build: all but the sign-in."""
    registry: Inputs = inputs.get("registry") or {}
    server = {key: value for key, value in registry.items() if key not in ("username", "password")}
    return {**inputs, "registry": server} if registry else dict(inputs)
