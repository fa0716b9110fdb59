"""The image is named by what it is built from."""

from typing import Any

import pulumi
import pytest

from components.image import Image
from settings.credential import Credential
from settings.image import ImageSettings
from tests.unit.recording import CANARY, REPOSITORY, Resource, record

CONTEXT = str(REPOSITORY / "app")


def built(**settings: Any) -> Resource:
    image = ImageSettings.model_validate({"repository": "ghcr.io/example/app", **settings})

    def program() -> None:
        credential = Credential("ghcr.io", "example", pulumi.Output.secret(CANARY))
        Image("i", {"context": CONTEXT, "image": image, "credential": credential})

    return record(program).one("Image")


def test_the_tag_changes_with_the_build_arguments() -> None:
    plain, other = (built(**settings).inputs["imageName"] for settings in ({}, {"buildArguments": {"BASE": "x"}}))
    assert plain != other
    assert plain.startswith("ghcr.io/example/app:")


def test_build_arguments_reach_the_build() -> None:
    build = built(buildArguments={"RUNTIME_IMAGE": "example.com/base"}).inputs["build"]
    assert build["args"] == {"RUNTIME_IMAGE": "example.com/base"}
    assert build["context"] == CONTEXT
    assert build["dockerfile"] == f"{CONTEXT}/Dockerfile"


@pytest.mark.parametrize("switch", [True, False])
def test_a_preview_builds_only_when_the_stack_says_so(switch: bool) -> None:
    assert built(buildOnPreview=switch).inputs["buildOnPreview"] is switch
    assert built().inputs["buildOnPreview"] is False


def test_the_image_is_pushed_with_the_token_and_the_token_stays_secret() -> None:
    image = built()
    assert image.inputs["skipPush"] is False
    assert image.inputs["registry"] == {"server": "ghcr.io", "username": "example", "password": CANARY}
    assert image.sealed["registry"]["password"] == "[secret]"
