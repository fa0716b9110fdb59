"""The rules of imageview: two colours that differ in nothing else, and one of them live."""

from typing import Any

import pulumi
import pytest

from tests.unit.examples.systems import deployed, recorded
from tests.unit.recording import REPOSITORY, Recording

COLOURS = ("blue", "green")


@pytest.fixture
def imageview() -> Recording:
    return deployed("imageview")


def deployment(imageview: Recording, colour: str) -> dict[str, Any]:
    (found,) = [each for each in imageview.of("Deployment") if each.name == f"webserver-{colour}"]
    return found.inputs


def test_each_colour_has_three_pods_with_its_labels_and_its_port(imageview: Recording) -> None:
    for colour in COLOURS:
        stated = deployment(imageview, colour)
        assert stated["metadata"]["name"] == f"webserver-{colour}"
        assert stated["spec"]["replicas"] == 3
        assert {"type": "webserver", "color": colour}.items() <= stated["spec"]["template"]["metadata"][
            "labels"
        ].items()
        (container,) = stated["spec"]["template"]["spec"]["containers"]
        assert container["ports"] == [{"name": "http-server", "containerPort": 80, "protocol": "TCP"}]


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


def test_the_service_is_a_load_balancer_from_80_to_80(imageview: Recording) -> None:
    service = imageview.one("Service").inputs
    assert (service["metadata"]["name"], service["spec"]["type"]) == ("webserver", "LoadBalancer")
    (port,) = service["spec"]["ports"]
    assert (port["port"], port["targetPort"]) == (80, "http-server")


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


def test_the_cluster_is_kept_by_hand_as_the_table_says(imageview: Recording) -> None:
    cluster, pool = imageview.one("Cluster").inputs, imageview.one("NodePool").inputs
    assert cluster["name"] == "imageview-dev"
    assert cluster["description"]
    assert cluster["minMasterVersion"] == "1.33"
    assert cluster["location"] == "asia-northeast1-a"
    assert cluster["releaseChannel"] == {"channel": "UNSPECIFIED"}
    assert cluster["enableLegacyAbac"] is False
    assert "SYSTEM_COMPONENTS" in cluster["loggingConfig"]["enableComponents"]
    assert "SYSTEM_COMPONENTS" in cluster["monitoringConfig"]["enableComponents"]
    assert pool["management"] == {"autoRepair": False, "autoUpgrade": False}
    assert (pool["nodeConfig"]["machineType"], pool["nodeConfig"]["imageType"]) == ("n1-standard-1", "COS_CONTAINERD")
    assert (pool["autoscaling"]["totalMinNodeCount"], pool["autoscaling"]["totalMaxNodeCount"]) == (3, 3)


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


def test_a_reference_that_dangles_cannot_be_written(monkeypatch: pytest.MonkeyPatch) -> None:
    program = (REPOSITORY / "examples" / "imageview" / "__main__.py").read_text()
    mistyped = program.replace('project.variable("project.id")', 'project.variable("projectid")')
    assert mistyped != program

    def run(*_: object, **__: object) -> None:
        exec(mistyped, {})

    monkeypatch.setattr("tests.unit.recording.runpy.run_path", run)
    with pytest.raises(pulumi.RunError, match=r"ConfigMap projectid has no key projectid.*keys are project\.id"):
        recorded("imageview")
