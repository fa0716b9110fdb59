"""The image is named by what it is built from."""

from typing import Any

import pulumi

from components.image import Image
from settings.credential import Credential
from settings.image import ImageSettings
from tests.unit.recording import CANARY, REPOSITORY, Resource, record

CONTEXT = str(REPOSITORY / "app")


def built(*, signed_in: bool = True, variant: Any = None, **settings: Any) -> Resource:
    image = ImageSettings.model_validate({"repository": "ghcr.io/example/app", **settings})

    def program() -> None:
        credential = Credential("ghcr.io", "example", pulumi.Output.secret(CANARY)) if signed_in else None
        args: Any = {
            "context": CONTEXT,
            "repository": image.repository,
            "image": image,
            "credential": credential,
            **(variant or dict)(),
        }
        Image("i", args)

    return record(program).one("Image")


def test_the_tag_changes_with_the_build_arguments() -> None:
    plain, other = (built(buildArguments=given).inputs["imageName"] for given in ({}, {"BASE": "x"}))
    assert plain != other
    assert plain.startswith("ghcr.io/example/app:")


def test_images_of_one_context_differ_by_arguments_stage_or_dockerfile() -> None:
    variants = ({"arguments": {"SERVICE": "auth"}}, {"target": "dependencies"}, {"dockerfile": "requirements.txt"})
    auth, stage, other = (built(variant=each.copy, buildArguments={"BASE": "x"}).inputs for each in variants)
    assert auth["build"]["args"] == {"BASE": "x", "SERVICE": "auth"}
    assert stage["build"]["target"] == "dependencies"
    assert other["build"]["dockerfile"] == f"{CONTEXT}/requirements.txt"
    plain = built(buildArguments={"BASE": "x"}).inputs
    assert len({each["imageName"] for each in (plain, auth, stage, other)}) == 4
    assert "target" not in plain["build"]


def test_an_image_that_starts_from_another_of_the_stack_is_named_by_it() -> None:
    def base(reference: str) -> Resource:
        return built(variant=lambda: {"arguments": {"BASE": pulumi.Output.from_input(reference)}})

    one, other = base("example.com/base@sha256:1"), base("example.com/base@sha256:2")
    assert one.inputs["build"]["args"] == {"BASE": "example.com/base@sha256:1"}
    assert one.inputs["imageName"] != other.inputs["imageName"]


def test_layers_are_taken_over_from_and_stored_in_the_registry_when_the_stack_names_a_cache() -> None:
    plain, cached = built(), built(cacheFrom=("ghcr.io/example/app:main",))
    assert cached.inputs["build"]["cacheFrom"] == {"images": ["ghcr.io/example/app:main"]}
    assert cached.inputs["build"]["args"]["BUILDKIT_INLINE_CACHE"] == "1"
    assert cached.inputs["imageName"] == plain.inputs["imageName"]
    assert "cacheFrom" not in plain.inputs["build"]
