"""Whose logs are shown."""

from pathlib import Path

from sandbox.dev.context import IMAGE
from sandbox.dev.workload import KINDS, workloads
from tests.unit.dev import state
from tests.unit.dev.conftest import DOCKERFILE

BASE, CART = state.urn(IMAGE, "base"), state.urn(IMAGE, "cart")


def test_the_workloads_of_own_images_are_listened_to_and_databases_are_not(project: Path) -> None:
    resources = [
        state.workload("StatefulSet", "mongo"),
        state.image("base", project, "apps/till", DOCKERFILE),
        state.image("cart", project, "apps/cart", DOCKERFILE, BASE),
        state.workload("Deployment", "cart", CART),
        state.service("cart", state.urn("kubernetes:apps/v1:Deployment", "cart")),
        state.workload("StatefulSet", "queue", BASE),
    ]
    assert [found.name for found in workloads(resources)] == ["cart", "queue"]


def test_a_stack_without_images_has_none() -> None:
    assert workloads([state.workload(kind.rpartition(":")[2], "mongo") for kind in KINDS]) == []


def test_pods_are_found_by_all_labels_of_the_selector(project: Path) -> None:
    image = state.image("cart", project, "apps/cart", DOCKERFILE)
    found = workloads([image, state.workload("Deployment", "cart", CART)])[0]
    assert (found.namespace, found.labels) == ("shop", "app=cart,tier=web")
