"""The rules of imageview: two colours that differ in nothing else, and one of them live."""

from typing import Any

import pulumi
import pytest

from tests.unit.examples.systems import deployed, recorded
from tests.unit.recording import Recording

COLOURS = ("blue", "green")


@pytest.fixture
def imageview() -> Recording:
    return deployed("imageview")


def deployment(imageview: Recording, colour: str) -> dict[str, Any]:
    (found,) = [each for each in imageview.of("Deployment") if each.name == f"webserver-{colour}"]
    return found.inputs


def test_both_images_are_built_from_one_context_and_differ_in_their_colour(imageview: Recording) -> None:
    images = {each.name: each.inputs for each in imageview.of("Image")}
    assert {name: each["build"]["target"] for name, each in images.items()} == {c: c for c in COLOURS}
    assert {each["build"]["context"] for each in images.values()} == {"apps/webserver"}
    assert len({each["imageName"] for each in images.values()}) == 2


@pytest.mark.parametrize("colour", COLOURS)
def test_the_live_colour_is_one_key_and_changes_nothing_but_the_selector(imageview: Recording, colour: str) -> None:
    changed = recorded("imageview", colour=colour)
    (service,) = changed.of("Service")
    assert service.inputs["spec"]["selector"] == {"type": "webserver", "color": colour}
    others = {each.urn: each.inputs for each in imageview.custom if each.urn != service.urn}
    assert others == {each.urn: each.inputs for each in changed.custom if each.urn != service.urn}
    assert changed.outputs["colour"] == colour


def test_the_containers_refer_to_keys_that_exist(imageview: Recording) -> None:
    project, held = imageview.one("ConfigMap").inputs, {each.name: each.inputs for each in imageview.of("Secret")}
    assert (project["metadata"]["name"], project["data"]) == ("projectid", {"project.id": "example-project"})
    assert (held["apikey"]["metadata"]["name"], held["apikey"]["data"].keys()) == ("apikey", {"id", "key"})
    for colour in COLOURS:
        (container,) = deployment(imageview, colour)["spec"]["template"]["spec"]["containers"]
        assert {each["name"]: each["valueFrom"] for each in container["env"]} == {
            "PROJECT_ID": {"configMapKeyRef": {"name": "projectid", "key": "project.id"}},
            "SECRET_ID": {"secretKeyRef": {"name": "apikey", "key": "id"}},
            "SECRET_KEY": {"secretKeyRef": {"name": "apikey", "key": "key"}},
        }


@pytest.mark.parametrize(
    ("config", "words"),
    [
        ({"colour": "red"}, "Write 'blue' or 'green'"),
        ({"image": {"repository": "ghcr.io/example/imageview", "digest": f"sha256:{'5' * 64}"}}, "several images"),
    ],
)
def test_what_cannot_be_is_refused_before_anything_is_registered(config: dict[str, Any], words: str) -> None:
    with pytest.raises(pulumi.RunError, match=words):
        recorded("imageview", **config)
