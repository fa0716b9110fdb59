"""The container image: where it goes and how it is built."""

import re
from collections.abc import Mapping
from typing import Annotated

from pydantic import AfterValidator, Field

from settings.mistake import SettingError
from settings.model import Model

_COMPONENT = r"[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*"
_HOST = r"(?:localhost|[a-z0-9-]+(?:\.[a-z0-9-]+)+)(?::[0-9]+)?"
PATTERN = rf"{_HOST}(?:/{_COMPONENT})+"


def _repository(repository: str) -> str:
    if not re.fullmatch(PATTERN, repository):
        raise SettingError(
            "No image can be pushed there.",
            "Write registry, path and image in lower case and without a tag or scheme, such as "
            "ghcr.io/OWNER/REPOSITORY/IMAGE.",
        )
    return repository


def _harmless(arguments: Mapping[str, str]) -> Mapping[str, str]:
    if suspects := [name for name in arguments if re.search(r"TOKEN|PASSWORD|SECRET|CREDENTIAL", name, re.I)]:
        raise SettingError(
            f"{', '.join(suspects)}: build arguments stay readable in the image, so this would leak.",
            "Mount credentials as build secrets instead.",
        )
    return arguments


class ImageSettings(Model):
    """Repository and build."""

    repository: Annotated[str, AfterValidator(_repository)] = Field(
        description="Registry, path and image, without a tag: ghcr.io/OWNER/REPOSITORY/IMAGE."
    )
    build_arguments: Annotated[Mapping[str, str], AfterValidator(_harmless)] = Field(
        default={}, description="The Dockerfile's ARGs, such as its base images. Never credentials."
    )
    build_on_preview: bool = Field(default=False, description="Whether a preview builds the image, too.")

    @property
    def registry(self) -> str:
        """Host of the registry, with its port."""
        return self.repository.partition("/")[0]
