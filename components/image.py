"""A container image, built and pushed."""

from pathlib import Path
from typing import TypedDict

import pulumi
from pulumi_docker.image import Image as DockerImage

from settings.build_context import digest
from settings.credential import Credential
from settings.image import ImageSettings

PLATFORM = "linux/amd64"
"""What the nodes run."""


class ImageArgs(TypedDict):
    """`context` is a directory with a Dockerfile; `credential` may push to the image's repository."""

    context: str
    image: ImageSettings
    credential: Credential


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
            image_name=f"{settings.repository}:{tag}",
            build={
                "context": args["context"],
                "dockerfile": f"{args['context']}/Dockerfile",
                "args": settings.build_arguments,
                "platform": PLATFORM,
            },
            build_on_preview=settings.build_on_preview,
            registry={
                "server": credential.registry,
                "username": credential.username,
                "password": credential.token,
            },
            opts=pulumi.ResourceOptions(parent=self),
        )

        self.reference = image.repo_digest
        self.register_outputs({"reference": self.reference})
