"""A container image, built and pushed."""

from collections.abc import Mapping
from pathlib import Path
from typing import NotRequired, TypedDict

import pulumi
import pulumi_docker as docker

from settings.build_context import digest, extended
from settings.credential import Credential
from settings.image import ImageSettings


class VariantArgs(TypedDict):
    """What tells images apart: a Dockerfile by its path from the context, a stage, and build arguments.

    The arguments go over the settings', and may be outputs: an image that this one starts from.
    """

    dockerfile: NotRequired[str]
    target: NotRequired[str]
    arguments: NotRequired[Mapping[str, pulumi.Input[str]]]


class ImageArgs(VariantArgs):
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
        dockerfile, more = args.get("dockerfile", "Dockerfile"), args.get("arguments", {})
        content = digest(Path(args["context"]), settings.build_arguments, dockerfile, args.get("target"))
        tag = pulumi.Output.all(**more).apply(lambda known: extended(content, known)) if more else content
        image = docker.Image(
            name,
            image_name=pulumi.Output.concat(args["repository"], ":", tag),
            build=_build(args, dockerfile, {**settings.build_arguments, **more}),
            build_on_preview=settings.build_on_preview,
            registry=docker.RegistryArgs(
                server=credential.registry, username=credential.username, password=credential.token
            )
            if credential
            else None,
            opts=pulumi.ResourceOptions(parent=self),
        )

        self.reference = image.repo_digest
        self.register_outputs({"reference": self.reference})


def _build(args: ImageArgs, dockerfile: str, arguments: Mapping[str, pulumi.Input[str]]) -> docker.DockerBuildArgs:
    """With a cache, the image becomes a cache for later builds, too."""
    context, settings = args["context"], args["image"]
    build = docker.DockerBuildArgs(
        context=context,
        dockerfile=f"{context}/{dockerfile}",
        platform=settings.platform,
        target=args.get("target"),
        args=arguments,
    )
    if settings.cache_from:
        build.args = {**arguments, "BUILDKIT_INLINE_CACHE": "1"}
        build.cache_from = docker.CacheFromArgs(images=list(settings.cache_from))
        build.builder_version = docker.BuilderVersion.BUILDER_BUILD_KIT
    return build
