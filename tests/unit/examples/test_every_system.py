"""What holds of every program in examples/."""

import base64

import pytest

from tests.unit import properties
from tests.unit.examples.systems import SYSTEMS, deployed, directory, recorded
from tests.unit.projects import STACKS, canaries
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


def test_every_resource_has_an_explicit_provider_a_component_and_its_api_s_property_names(system: Recording) -> None:
    for each in system.custom:
        assert each.provider, each.urn
        assert each.request.parent.split("::")[2].rpartition("$")[2].startswith("gke-webapp:"), each.urn
        if not any(group in each.type for group in properties.DECLARED_BY_CRD):
            assert properties.unknown(each.type, each.inputs) == [], each.urn


def test_a_secret_is_only_ever_sent_as_a_secret(name: str) -> None:
    system = deployed(name)
    shown = str([*(each.sealed for each in system.registered), system.outputs])
    for key, canary in canaries(directory(name)).items():
        assert canary not in shown, key
        assert base64.b64encode(canary.encode()).decode() not in shown, key


def test_every_namespace_admits_only_restricted_pods(system: Recording) -> None:
    for each in system.of("Namespace"):
        assert each.inputs["metadata"]["labels"]["pod-security.kubernetes.io/enforce"] == "restricted"


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


def test_no_two_objects_have_one_name(system: Recording) -> None:
    names = [(each.type, each.inputs["metadata"]["name"]) for each in system.custom if "metadata" in each.inputs]
    assert len({*names}) == len(names)


def test_the_program_reads_as_the_graph(name: str) -> None:
    assert len((directory(name) / "__main__.py").read_text().splitlines()) <= LONGEST


def test_where_it_answers_is_an_output(system: Recording) -> None:
    assert system.outputs["address"]
