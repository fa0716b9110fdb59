"""The order in which `pulumi destroy` removes every stack: each resource after all that depend on it."""

from functools import cache

import pytest

from tests.unit.projects import STACKS, Stack, record, recorded
from tests.unit.recording import REPOSITORY, Recording, Resource, read_yaml, stack_config

VARIANTS = {
    "gateway": {"gke-webapp:ingress": {"kind": "gateway", "sslPolicy": {}}},
    "autopilot": {
        "gke-webapp:google": {"project": "example-project", "region": "europe-west1"},
        "gke-webapp:cluster": {"autopilot": True, "deletionProtection": False},
    },
}
"""Configuration over that of the web app's dev stack."""

ENTRANCES = ("Ingress", "Gateway")
"""Kinds that make Google set up a load balancer, and take it down when they are deleted."""

USED_BY_LOAD_BALANCER = ("GlobalAddress", "SSLPolicy", "CertificateMap")
"""Kinds that Google refuses to delete while a load balancer uses them."""

GROUND = ("Cluster", "NodePool", "RouterNat", "Router", "IAMMember", "Subnetwork", "Network")
"""Kinds without which controllers cannot run or reach Google, so that finalizers and load balancers stay."""

WEB_APP = [*(each for each in STACKS if each.directory == REPOSITORY), *VARIANTS]
EXAMPLES = [each for each in STACKS if each.directory != REPOSITORY]
BY_GATEWAY = [each for each in EXAMPLES if each.name == "gateway"]


@pytest.fixture(params=[*WEB_APP, *EXAMPLES], ids=str)
def stack(request: pytest.FixtureRequest) -> Recording:
    """Every stack of the repository, and variants of the web app's."""
    return deployed(request.param)


@pytest.fixture(params=[*WEB_APP, *BY_GATEWAY], ids=str)
def balanced(request: pytest.FixtureRequest) -> Recording:
    """Those that have an address of their own, with a load balancer of Google's."""
    return deployed(request.param)


@cache
def deployed(stack: Stack | str) -> Recording:
    return recorded(stack) if isinstance(stack, Stack) else record(Stack(REPOSITORY, "dev"), VARIANTS[stack])


def google(stack: Recording, *kinds: str) -> list[Resource]:
    """Google resources of these kinds; a stack beside an existing cluster has few."""
    return [each for kind in kinds for each in stack.of(kind) if each.type.startswith("gcp:")]


def kubernetes(stack: Recording, *kinds: str) -> list[Resource]:
    """Objects of these kinds, or all objects."""
    objects = [each for each in stack.custom if each.type.startswith("kubernetes:")]
    return [each for each in objects if not kinds or each.type.rpartition(":")[2] in kinds]


def test_the_load_balancer_is_gone_before_address_nodes_and_network(balanced: Recording) -> None:
    (entrance,) = kubernetes(balanced, *ENTRANCES)
    for each in google(balanced, *USED_BY_LOAD_BALANCER, *GROUND):
        assert entrance.urn in balanced.deleted_before(each), f"{each.urn} would be deleted under the load balancer"


def test_every_kubernetes_object_is_gone_before_the_nodes_and_their_way_out(stack: Recording) -> None:
    objects = {each.urn for each in kubernetes(stack)}
    assert objects
    for each in google(stack, *GROUND):
        assert objects <= stack.deleted_before(each), f"objects would be left when {each.urn} is deleted"


def test_the_kubernetes_provider_is_gone_after_its_objects_and_before_the_cluster(stack: Recording) -> None:
    providers = {each.urn: each for each in stack.registered if each.type == "pulumi:providers:kubernetes"}
    for each in kubernetes(stack):
        assert each.urn in stack.deleted_before(providers[each.provider])
    for each in google(stack, "Cluster", "NodePool"):
        assert providers.keys() <= stack.deleted_before(each), each.urn


def test_a_namespace_is_gone_after_what_is_in_it(stack: Recording) -> None:
    for namespace in kubernetes(stack, "Namespace"):
        name = namespace.inputs["metadata"]["name"]
        inside = {each.urn for each in kubernetes(stack) if each.inputs["metadata"].get("namespace") == name}
        assert inside <= stack.deleted_before(namespace), f"{namespace.urn} would take objects with it"


def with_deletion_protection(stack: Stack, protected: bool) -> Recording:
    project = read_yaml(stack.directory / "Pulumi.yaml")["name"]
    key = f"{project}:cluster"
    cluster = stack_config(stack.name, stack.directory)[key]
    return record(stack, {key: {**cluster, "deletionProtection": protected}})


def needed_by_protected(stack: Recording) -> set[str]:
    """URNs of what the CLI keeps when it destroys: protected resources and what they depend on, directly or not."""
    needs = {each.urn: each.needs for each in stack.registered}
    kept: set[str] = set()
    waiting = [each.urn for each in stack.registered if each.request.protect]
    while waiting:
        if (urn := waiting.pop()) not in kept:
            kept.add(urn)
            waiting += needs.get(urn, ())
    return kept


@pytest.mark.parametrize("stack_file", STACKS, ids=str)
def test_a_destroy_of_a_stack_with_deletion_protection_deletes_nothing(stack_file: Stack) -> None:
    """The CLI goes on after its refusal, with all that no protected resource depends on."""
    stack = with_deletion_protection(stack_file, protected=True)
    assert [each.urn for each in stack.custom if each.urn not in needed_by_protected(stack)] == []


@pytest.mark.parametrize("stack_file", STACKS, ids=str)
def test_deletion_protection_is_lifted_by_one_key(stack_file: Stack) -> None:
    stack = with_deletion_protection(stack_file, protected=False)
    assert [each.urn for each in stack.registered if each.request.protect] == []


@pytest.mark.parametrize("stack_file", STACKS, ids=str)
def test_what_is_protected_stays_in_the_program_when_the_protection_is_lifted(stack_file: Stack) -> None:
    """The CLI refuses to delete it as long as the state has it as protected."""
    lifted = {each.urn for each in with_deletion_protection(stack_file, protected=False).registered}
    protected = with_deletion_protection(stack_file, protected=True).registered
    assert [each.urn for each in protected if each.request.protect and each.urn not in lifted] == []


def test_addresses_and_disks_of_a_stack_with_deletion_protection_are_not_replaced_either() -> None:
    for stack_file in STACKS:
        stack = with_deletion_protection(stack_file, protected=True)
        for each in [*google(stack, "Cluster", "GlobalAddress"), *kubernetes(stack, "StatefulSet")]:
            assert each.request.protect, each.urn


@pytest.mark.parametrize("kind", [*USED_BY_LOAD_BALANCER, *GROUND])
def test_some_stack_of_the_web_app_has_each_kind(kind: str) -> None:
    assert any(google(deployed(each), kind) for each in WEB_APP)


def test_all_stacks_of_the_web_app_are_found() -> None:
    assert {"dev", "staging", "prod"} <= {each.name for each in STACKS if each.directory == REPOSITORY}


def test_the_gateways_of_examples_are_found() -> None:
    assert {each.directory.name for each in BY_GATEWAY} == {"pr12er", "tour"}
