"""The order in which `destroy` removes every stack of every project of this repository, as the engine decides it."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

from sandbox.engine import urn as urns
from sandbox.engine.resource import Resource
from sandbox.engine.snapshot import dependents
from sandbox.graph.evaluation import deployed
from sandbox.graph.offline import OfflineProject
from sandbox.graph.stand_in import StandIns
from sandbox.providers import BUILTIN
from tests.unit.recording import REPOSITORY

PROJECTS = [REPOSITORY, *sorted(path.parent for path in REPOSITORY.glob("examples/*/Pulumi.yaml"))]
STACKS = [
    pytest.param(project, stack, id=f"{project.name if project != REPOSITORY else '.'}:{stack}")
    for project in PROJECTS
    for stack in OfflineProject(project).stacks
] + [pytest.param(REPOSITORY, f"dev {variant}", id=f".:dev {variant}") for variant in ("gateway", "autopilot")]

VARIANTS = {
    "gateway": {"gke-webapp:ingress": {"kind": "gateway"}},
    "autopilot": {
        "gke-webapp:google": {"project": "example-project", "region": "europe-west1"},
        "gke-webapp:cluster": {"autopilot": True, "deletionProtection": False},
    },
}
"""Configuration over that of a stack."""

ENTRANCES = ("networking.k8s.io/v1:Ingress", "gateway.networking.k8s.io/v1:Gateway")
"""What makes Google set up a load balancer, and take it down again when it goes."""

NAMED = (
    "compute/globalAddress:GlobalAddress",
    "compute/sSLPolicy:SSLPolicy",
    "certificatemanager/certificateMap:CertificateMap",
)
"""What an entrance names, and Google refuses to delete while a load balancer uses it."""

GROUND = (
    "container/cluster:Cluster",
    "container/nodePool:NodePool",
    "compute/routerNat:RouterNat",
    "compute/router:Router",
    "compute/subnetwork:Subnetwork",
    "compute/network:Network",
)
"""What a load balancer and the pods behind it stand on."""


@cache
def resources(project: Path, stack: str) -> tuple[Resource, ...]:
    stand_ins = StandIns(BUILTIN)
    file, _, variant = stack.partition(" ")
    program = OfflineProject(project).program(file)
    changes = {key: json.dumps(value) for key, value in VARIANTS.get(variant, {}).items()}
    program = replace(program, config={**program.config, **changes})
    try:
        return tuple(deployed(program, stand_ins).resources.values())
    finally:
        stand_ins.close()


def gone_before(stack: Iterable[Resource]) -> Mapping[str, set[str]]:
    """By URN, what the engine deletes before it."""
    direct = {key[0]: {other[0] for other in others} for key, others in dependents(list(stack)).items()}
    gone: dict[str, set[str]] = {}
    for urn in TopologicalSorter(direct).static_order():
        gone[urn] = direct[urn].union(*(gone[other] for other in direct[urn]))
    return gone


def of(stack: Iterable[Resource], package: str, types: Iterable[str]) -> list[Resource]:
    wanted = {f"{package}:{type_}" for type_ in types}
    return [each for each in stack if each.type in wanted]


@pytest.mark.parametrize(("project", "stack"), STACKS)
def test_nothing_goes_before_what_needs_it(project: Path, stack: str) -> None:
    gone = gone_before(resources(project, stack))
    assert len(gone) > 1
    for each in resources(project, stack):
        for needed in each.needs():
            assert each.urn in gone[needed], f"{needed} would be deleted under {each.urn}"


@pytest.mark.parametrize(("project", "stack"), STACKS)
def test_the_load_balancers_are_gone_before_what_they_stand_on(project: Path, stack: str) -> None:
    gone = gone_before(resources(project, stack))
    services = of(resources(project, stack), "kubernetes", ("core/v1:Service",))
    entrances = of(resources(project, stack), "kubernetes", ENTRANCES)
    assert services or entrances
    for ground in of(resources(project, stack), "gcp", GROUND):
        for entrance in [*entrances, *services]:
            assert entrance.urn in gone[ground.urn], f"{ground.urn} would be deleted under {entrance.urn}"
    for named in of(resources(project, stack), "gcp", NAMED):
        assert any(entrance.urn in gone[named.urn] for entrance in entrances), f"{named.urn} is used by no entrance"


@pytest.mark.parametrize(("project", "stack"), STACKS)
def test_every_kubernetes_object_is_gone_before_nodes_cluster_and_their_way_out(project: Path, stack: str) -> None:
    """Finalizers need a controller, and it needs nodes that reach Google."""
    gone = gone_before(resources(project, stack))
    last = ("container/cluster:Cluster", "container/nodePool:NodePool", "compute/routerNat:RouterNat")
    for each in resources(project, stack):
        if each.type.startswith("kubernetes:"):
            for ground in of(resources(project, stack), "gcp", last):
                assert each.urn in gone[ground.urn], f"{ground.urn} would be deleted under {each.urn}"


@pytest.mark.parametrize(("project", "stack"), STACKS)
def test_the_way_into_a_cluster_goes_after_what_is_in_it_and_before_the_cluster(project: Path, stack: str) -> None:
    gone = gone_before(resources(project, stack))
    clusters = of(resources(project, stack), "gcp", ("container/cluster:Cluster", "container/nodePool:NodePool"))
    for each in resources(project, stack):
        if each.type.startswith("kubernetes:"):
            provider = urns.provider_urn(each.provider)
            assert each.urn in gone[provider]
            assert all(provider in gone[cluster.urn] for cluster in clusters)


@pytest.mark.parametrize(("project", "stack"), STACKS)
def test_a_namespace_goes_after_what_is_in_it(project: Path, stack: str) -> None:
    gone = gone_before(resources(project, stack))
    for namespace in of(resources(project, stack), "kubernetes", ("core/v1:Namespace",)):
        for each in resources(project, stack):
            inside = each.inputs.get("metadata", {}).get("namespace") if each.type.startswith("kubernetes:") else None
            if inside and inside == namespace.inputs["metadata"]["name"]:
                assert each.urn in gone[namespace.urn], f"{namespace.urn} would take {each.urn} with it"


def test_all_projects_are_found() -> None:
    assert {"dev", "staging", "prod"} <= {
        stack for project, stack in (each.values for each in STACKS) if project == REPOSITORY
    }
