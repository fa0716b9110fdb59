"""The container image: where it goes, and how it is built or which one is taken."""

import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Literal, NamedTuple

from pydantic import AfterValidator, Field, WithJsonSchema

from settings.mistake import SettingError
from settings.model import Model, rule

_COMPONENT = r"[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*"
_HOST = r"(?:localhost|[a-z0-9-]+(?:\.[a-z0-9-]+)+)(?::[0-9]+)?"
PATTERN = rf"{_HOST}(?:/{_COMPONENT})+"
"""Of repositories here: the registry is named."""

_DOMAIN = r"(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*(?::[0-9]+)?/)?"
_TAG = r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}"
REFERENCE = rf"{_DOMAIN}{_COMPONENT}(?:/{_COMPONENT})*(?::{_TAG})?(?:@sha256:[0-9a-f]{{64}})?"
"""The grammar of github.com/distribution/reference."""

NAME_LIMIT = 255
"""Characters of a name without tag and digest: same source."""

ARTIFACT_REGISTRY = r"([a-z0-9-]+)-docker\.pkg\.dev(?:/|$)"
"""Hosts of Artifact Registry, which begin with its location."""

DIGEST_PATTERN = r"sha256:[0-9a-f]{64}"


class ArtifactRepository(NamedTuple):
    """A Docker repository of Artifact Registry."""

    location: str
    project: str
    repository: str

    @property
    def name(self) -> str:
        """Google's resource name."""
        return f"projects/{self.project}/locations/{self.location}/repositories/{self.repository}"


def is_reference(image: str) -> bool:
    """Whether an image can be called so."""
    name = re.sub(rf"(:{_TAG})?(@.*)?$", "", image)
    port = re.match(r"[^/]*:([0-9]+)/", image)
    possible = len(name) <= NAME_LIMIT and (not port or 0 < int(port[1]) <= 65535)
    return possible and re.fullmatch(REFERENCE, image) is not None


def _cached(image: str) -> str:
    if not is_reference(image):
        raise SettingError(
            "No image can have this name, so no layer would be taken over.", "Write REPOSITORY:TAG, in lower case."
        )
    return image


def _repository(repository: str) -> str:
    if not re.fullmatch(PATTERN, repository) or not is_reference(repository):
        raise SettingError(
            "No image can be pushed there.",
            "Write registry, path and image in lower case and without a tag or scheme, such as "
            "ghcr.io/OWNER/REPOSITORY/IMAGE.",
        )
    if re.match(ARTIFACT_REGISTRY, repository) and repository.count("/") < 3:
        raise SettingError(
            "Artifact Registry has images in repositories of projects, so nothing can be pushed there.",
            "Write LOCATION-docker.pkg.dev/PROJECT/REPOSITORY/IMAGE.",
        )
    return repository


def _argument(name: str) -> str:
    if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name):
        raise SettingError(
            f"{name}: no ARG of a Dockerfile can have this name.", "Write letters, digits and underscores."
        )
    return name


def _digest(digest: str) -> str:
    if not re.fullmatch(DIGEST_PATTERN, digest):
        raise SettingError("No image has this digest.", "Write sha256: and 64 hexadecimal digits.")
    return digest


class ImageSettings(Model):
    """Repository, and build or digest."""

    repository: Annotated[str, AfterValidator(_repository)] = Field(
        description="Registry, path and image, without a tag: ghcr.io/OWNER/REPOSITORY/IMAGE, or "
        "LOCATION-docker.pkg.dev/PROJECT/REPOSITORY/IMAGE, where no token is needed: "
        "`gcloud auth configure-docker LOCATION-docker.pkg.dev` lets Docker sign in as you."
    )
    create_repository: bool = Field(
        default=True,
        description="Artifact Registry: whether this stack creates the repository, or finds it there; false with "
        "promotedFrom. Repository and images stay when the stack is destroyed: state false before it comes up again.",
    )
    digest: Annotated[
        Annotated[str, AfterValidator(_digest)] | None,
        WithJsonSchema({"type": "string", "pattern": f"^{DIGEST_PATTERN}$"}),
    ] = Field(
        default=None,
        description="The image to deploy, as the output `image` of the stack that built it ends. None: it is built.",
    )
    promoted_from: str | None = Field(
        default=None,
        pattern=r"^[A-Za-z0-9_.-]+$",
        description="Name of the stack whose image is deployed, such as staging. None: it is built. A digest that this "
        "stack does not run is refused.",
    )
    build_arguments: Mapping[Annotated[str, AfterValidator(_argument)], str] = Field(
        default={}, description="The Dockerfile's ARGs, such as its base images. Never credentials."
    )
    build_on_preview: bool = Field(default=False, description="Whether a preview builds the image, too.")
    cache_from: tuple[Annotated[str, AfterValidator(_cached)], ...] = Field(
        default=(), description="Images, with tags, whose layers are taken over where they fit; stores them, too."
    )
    platform: Literal["linux/amd64", "linux/arm64"] = Field(
        default="linux/amd64", description="What the nodes run; another than the builder's is emulated, slowly."
    )

    @rule
    def _validate_create_repository(self) -> Iterator[SettingError]:
        if "create_repository" in self.model_fields_set and not self.artifact_repository:
            yield SettingError(
                f"createRepository says nothing about {self.registry}, which makes repositories by itself.",
                "Remove createRepository, or name a repository of Artifact Registry.",
                "create_repository",
            )

    @rule
    def _validate_repository_of_promoted_image(self) -> Iterator[SettingError]:
        if self.promoted_from and self.artifact_repository and self.create_repository:
            yield SettingError(
                f"promotedFrom is {self.promoted_from} and createRepository true, but that stack's image is in this "
                "repository, which exists already, so Google would refuse to create it.",
                "Set createRepository to false.",
                "create_repository",
            )

    @property
    def registry(self) -> str:
        """Host of the registry, with its port."""
        return self.repository.partition("/")[0]

    @property
    def node_selector(self) -> Mapping[str, str]:
        """Labels of the nodes that can run it. GKE taints its Arm nodes, and tolerates pods that select them."""
        return {"kubernetes.io/arch": "arm64"} if self.platform == "linux/arm64" else {}

    @property
    def artifact_repository(self) -> ArtifactRepository | None:
        """Where Artifact Registry keeps it; None in any other registry."""
        if not (host := re.match(ARTIFACT_REGISTRY, self.repository)):
            return None
        _, project, repository, *_ = self.repository.split("/")
        return ArtifactRepository(host[1], project, repository)
