"""Every graph is the one that was reviewed, and keeps the rules that hold of all graphs."""

import base64
import importlib
import json
from collections.abc import Iterator, Mapping
from typing import Any

import pulumi
import pytest

from tests.golden.difference import difference
from tests.golden.document import compare, text
from tests.golden.graph import graph
from tests.golden.stacks import EVERY_STACK, GOLDEN, VARIANTS, Variant, recorded, secrets
from tests.unit import properties
from tests.unit.projects import Stack
from tests.unit.recording import PROJECT, REPOSITORY, Recording, Resource

NAMED_BY_CONTENT = ("ConfigMap", "Secret", "Job", "NodePool", "PriorityClass")
"""Kinds whose changed object has another name, and is created before the old one goes."""

WORKLOADS = ("Deployment", "StatefulSet")

EVERY_GRAPH = (*EVERY_STACK, *VARIANTS)


@pytest.fixture(params=EVERY_GRAPH, ids=str)
def recording(request: pytest.FixtureRequest) -> Recording:
    """Every graph in turn."""
    return recorded(request.param)


@pytest.mark.parametrize("stack", EVERY_STACK, ids=str)
def test_the_graph_of_a_stack_is_the_committed_one(stack: Stack, update: bool) -> None:
    file = (stack.directory / f"Pulumi.{stack.name}.yaml").relative_to(REPOSITORY)
    about = f"All that `pulumi up` registers for {file}."
    compare(GOLDEN / "stacks" / f"{stack}.yaml", text(graph(recorded(stack)), about), update=update)


@pytest.mark.parametrize("variant", VARIANTS, ids=str)
def test_a_variant_changes_in_the_graph_what_is_committed(variant: Variant, update: bool) -> None:
    changes = difference(graph(recorded(variant.stack)), graph(recorded(variant)))
    about = f"What {variant.path.name} changes in ../../stacks/{variant.stack}.yaml."
    compare(variant.golden, text(changes, about), update=update)


def test_every_golden_file_belongs_to_a_stack_or_a_variant(update: bool) -> None:
    known = {GOLDEN / "stacks" / f"{stack}.yaml" for stack in EVERY_STACK} | {variant.golden for variant in VARIANTS}
    stale = {*GOLDEN.glob("stacks/*"), *GOLDEN.glob("variants/*/*.graph.yaml")} - known
    if update:
        for path in stale:
            path.unlink()
    else:
        assert stale == set()


def test_no_resource_uses_a_default_provider(recording: Recording) -> None:
    declared = {each.urn: each.type for each in recording.registered}
    for each in recording.custom:
        assert each.provider, f"{each.urn} would land in whatever the machine is configured for"
        assert declared[each.provider] == f"pulumi:providers:{each.type.partition(':')[0]}", each.urn


def test_every_property_at_any_depth_has_the_name_that_its_api_gives_it(recording: Recording) -> None:
    for each in recording.custom:
        if any(group in each.type for group in properties.DECLARED_BY_CRD):
            assert not [key for key in _keys(each.inputs) if "_" in key], each.urn
        else:
            assert properties.unknown(each.type, each.inputs) == [], each.urn


def test_components_are_the_parents_of_all_resources(recording: Recording) -> None:
    for each in recording.custom:
        assert each.request.parent.split("::")[2].rpartition("$")[2].startswith(f"{PROJECT}:"), each.urn


def test_the_type_of_a_component_names_its_module_and_class(recording: Recording) -> None:
    for token in {each.type for each in recording.registered if each.type.startswith(f"{PROJECT}:")}:
        _, module, kind = token.split(":")
        component = getattr(importlib.import_module(f"components.{module}"), kind)
        assert issubclass(component, pulumi.ComponentResource), token


def test_every_component_ends_with_its_outputs(recording: Recording) -> None:
    assert {each.urn for each in recording.registered if each.type.startswith(f"{PROJECT}:")} == recording.completed


def test_no_object_is_replaced_before_the_old_one_with_its_name_is_gone(recording: Recording) -> None:
    named = [each for each in recording.custom if _name(each) and not _named_by_content(each)]
    for each in named:
        assert each.request.deleteBeforeReplace or each.request.protect, each.urn


def test_pods_that_break_the_restricted_standard_are_refused_and_reported(recording: Recording) -> None:
    restricted = {f"pod-security.kubernetes.io/{mode}": "restricted" for mode in ("enforce", "audit", "warn")}
    for each in recording.of("Namespace"):
        assert each.inputs["metadata"]["labels"].items() >= restricted.items(), each.urn


def test_every_service_selects_pods_that_have_its_ports(recording: Recording) -> None:
    workloads = [each.inputs["spec"]["template"] for kind in WORKLOADS for each in recording.of(kind)]
    for service in recording.of("Service"):
        spec = service.inputs["spec"]
        selected = [each for each in workloads if spec["selector"].items() <= each["metadata"]["labels"].items()]
        assert selected, service.urn
        for template in selected:
            assert {port["targetPort"] for port in spec["ports"]} <= _ports(template["spec"]), service.urn


def test_no_two_objects_of_a_kind_have_one_name(recording: Recording) -> None:
    names = [(each.type, each.inputs["metadata"].get("namespace"), _name(each)) for each in _objects(recording)]
    assert len({*names}) == len(names)


@pytest.mark.parametrize("graph", EVERY_GRAPH, ids=str)
def test_a_secret_is_only_ever_sent_as_a_secret(graph: Stack | Variant) -> None:
    sent = json.dumps([*(each.sealed for each in recorded(graph).registered), recorded(graph).outputs])
    encrypted = _ciphertexts(graph.config) if isinstance(graph, Variant) else ()
    for canary in (*secrets(graph).values(), *encrypted):
        assert canary not in sent
        assert base64.b64encode(canary.encode()).decode() not in sent


def _objects(recording: Recording) -> list[Resource]:
    return [each for each in recording.custom if "metadata" in each.inputs]


def _ports(pod: Mapping[str, Any]) -> set[str | int]:
    """Names and numbers of the ports of all containers."""
    containers = [*pod["containers"], *pod.get("initContainers", ())]
    ports = [port for container in containers for port in container.get("ports", ())]
    return {port[key] for port in ports for key in ("name", "containerPort")}


def _name(resource: Resource) -> str | None:
    return resource.inputs.get("metadata", resource.inputs).get("name")


def _named_by_content(resource: Resource) -> bool:
    return resource.type.rpartition(":")[2] in NAMED_BY_CONTENT


def _ciphertexts(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if value.keys() == {"secure"}:
            yield value["secure"]
        for each in value.values():
            yield from _ciphertexts(each)


def _keys(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        yield from value
    for each in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _keys(each)
