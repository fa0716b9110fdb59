"""What holds of every program in examples/."""

import pytest

from tests.unit.examples.systems import SYSTEMS, deployed, directory, recorded
from tests.unit.projects import STACKS
from tests.unit.recording import Recording, stack_config

LONGEST = 125
"""Lines of a program that still reads as the graph."""


@pytest.fixture(params=SYSTEMS)
def name(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture(params=[each for each in STACKS if each.directory.name in SYSTEMS], ids=str)
def system(request: pytest.FixtureRequest) -> Recording:
    """Every stack of every system."""
    return deployed(request.param.directory.name, request.param.name)


def test_every_pod_selects_the_arm_nodes_that_its_images_are_built_for(name: str) -> None:
    image = stack_config("dev", directory(name))[f"{name}:image"] | {"platform": "linux/arm64"}
    arm = recorded(name, image=image, cluster={"existing": {"name": "arm"}})
    for graph, selector in ((deployed(name), None), (arm, {"kubernetes.io/arch": "arm64"})):
        for each in [*graph.of("Deployment"), *graph.of("StatefulSet")]:
            assert each.inputs["spec"]["template"]["spec"].get("nodeSelector") == selector, each.urn


def test_every_pod_is_of_an_image_by_digest_or_version(system: Recording) -> None:
    for each in [*system.of("Deployment"), *system.of("StatefulSet")]:
        spec = each.inputs["spec"]["template"]["spec"]
        for container in [*spec["containers"], *spec.get("initContainers", [])]:
            name, _, version = container["image"].rpartition("@sha256:" if "@" in container["image"] else ":")
            assert name and version and version != "latest", each.urn


def test_the_program_reads_as_the_graph(name: str) -> None:
    assert len((directory(name) / "__main__.py").read_text().splitlines()) <= LONGEST


def test_where_it_answers_is_an_output(system: Recording) -> None:
    assert system.outputs["address"]
