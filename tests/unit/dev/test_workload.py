"""Whose logs are shown."""

from pathlib import Path

import pytest

from sandbox.dev.context import IMAGE
from sandbox.dev.workload import KINDS, workloads
from tests.unit.dev import state
from tests.unit.dev.conftest import DOCKERFILE

BASE, CART = state.urn(IMAGE, "base"), state.urn(IMAGE, "cart")


def test_workloads_of_own_images_are_followed_and_databases_are_not(project: Path) -> None:
    resources = [
        state.workload("StatefulSet", "mongo"),
        state.image("base", project, "apps/till", DOCKERFILE),
        state.image("cart", project, "apps/cart", DOCKERFILE, BASE),
        state.workload("Deployment", "cart", CART),
        state.service("cart", state.urn("kubernetes:apps/v1:Deployment", "cart")),
        state.workload("StatefulSet", "queue", BASE),
    ]
    assert [workload.name for workload in workloads(resources)] == ["cart", "queue"]


def test_a_stack_without_images_has_none() -> None:
    assert workloads([state.workload(kind.rpartition(":")[2], "mongo") for kind in KINDS]) == []


@pytest.mark.parametrize(
    ("labels", "selected"),
    [
        ({"app": "cart", "tier": "web", "pod-template-hash": "1"}, True),
        ({"app": "cart", "tier": "batch"}, False),
        ({"app": "cart"}, False),
        (None, False),
    ],
)
def test_pods_with_all_labels_of_the_selector_belong_to_the_workload(
    project: Path, labels: dict[str, str] | None, selected: bool
) -> None:
    image = state.image("cart", project, "apps/cart", DOCKERFILE)
    (cart,) = workloads([image, state.workload("Deployment", "cart", CART)])
    assert (cart.name, cart.namespace) == ("cart", "shop")
    assert cart.selects({"metadata": {"labels": labels}}) is selected
