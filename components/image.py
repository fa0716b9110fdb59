"""A container image, built and pushed."""

from pathlib import Path
from typing import Any, TypedDict

import pulumi
from pulumi_docker.image import Image as DockerImage

from settings.build_context import digest
from settings.credential import Credential
from settings.image import ImageSettings


class ImageArgs(TypedDict):
    """`context` is a directory with a Dockerfile; `repository` has registry and path, and no tag.

    `credential` may push to it; None: Docker's own configuration signs in, such as gcloud's credential helper.
    """

    context: str
    repository: pulumi.Input[str]
    image: ImageSettings
    credential: Credential | None


class Image(pulumi.ComponentResource):
    """An image named by the content of its build context: the same content is never built twice.

    Destroying it deletes nothing from the registry.
    """

    reference: pulumi.Output[str]
    """`repository@sha256:…`"""

    def __init__(self, name: str, args: ImageArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("gke-webapp:image:Image", name, None, opts)

        settings, credential = args["image"], args["credential"]
        tag = digest(Path(args["context"]), settings.build_arguments)
        image = DockerImage(
            name,
            image_name=pulumi.Output.concat(args["repository"], ":", tag),
            build=_build(args["context"], settings),
            build_on_preview=settings.build_on_preview,
            registry=credential
            and {"server": credential.registry, "username": credential.username, "password": credential.token},
            opts=pulumi.ResourceOptions(parent=self),
        )

        self.reference = image.repo_digest
        self.register_outputs({"reference": self.reference})


def _build(context: str, settings: ImageSettings) -> Any:
    """What docker.Image calls a build; with a cache, the image becomes one for later builds, too."""
    arguments = dict(settings.build_arguments)
    build = {"context": context, "dockerfile": f"{context}/Dockerfile", "platform": settings.platform}
    if not settings.cache_from:
        return {**build, "args": arguments}
    return {
        **build,
        "args": {**arguments, "BUILDKIT_INLINE_CACHE": "1"},
        "cache_from": {"images": list(settings.cache_from)},
        "builder_version": "BuilderBuildKit",
    }
