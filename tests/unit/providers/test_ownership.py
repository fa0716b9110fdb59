"""Fields of an object belong to who set them; what is a person's doing gives way to the program."""

import json
from typing import Any

import pytest

from sandbox.providers.kubernetes.errors import ApiError
from sandbox.providers.kubernetes.ownership import gives_way, taken_over, without_ignored

OURS = "pulumi-kubernetes-1234abcd"
REPLICAS = {"f:spec": {"f:replicas": {}}}
IMAGE = {"f:spec": {"f:template": {}}}


def entry(manager: str, operation: str, fields: Any, **more: Any) -> dict[str, Any]:
    return {"manager": manager, "operation": operation, "apiVersion": "apps/v1", "fieldsV1": fields, **more}


def live(*entries: dict[str, Any]) -> dict[str, Any]:
    return {"metadata": {"name": "web", "managedFields": list(entries)}, "spec": {"replicas": 4, "template": {}}}


def conflict(*managers: str) -> ApiError:
    causes = [{"message": f'conflict with "{name}" using apps/v1', "field": ".spec.replicas"} for name in managers]
    return ApiError(409, json.dumps({"reason": "Conflict", "details": {"causes": causes}}).encode())


def test_what_the_published_provider_created_is_taken_over_whole() -> None:
    found = taken_over(live(entry("pulumi-kubernetes", "Update", REPLICAS), entry(OURS, "Apply", IMAGE)), OURS)
    assert found == [entry(OURS, "Apply", {"f:spec": {"f:replicas": {}, "f:template": {}}})]


def test_controllers_patches_and_statuses_keep_what_is_theirs() -> None:
    theirs = [
        entry("hpa", "Update", REPLICAS),
        entry("pulumi-kubernetes-ffff0000", "Apply", IMAGE),
        entry("kubectl", "Update", {}, subresource="status"),
    ]
    assert taken_over(live(*theirs), OURS) is None


@pytest.mark.parametrize(
    ("managers", "expected"),
    [(["kubectl-edit"], True), (["kubectl-patch", "kubectl"], True), (["hpa"], False), (["kubectl", "hpa"], False)],
)
def test_only_changes_by_hand_give_way(managers: list[str], expected: bool) -> None:
    assert gives_way(conflict(*managers)) is expected
    assert gives_way(conflict(*managers), ignored=["spec.replicas"])


def test_an_ignored_field_that_only_others_hold_is_not_applied() -> None:
    wanted = {"spec": {"replicas": 1}}
    assert without_ignored(wanted, live(entry("hpa", "Update", REPLICAS)), OURS, ["spec.replicas"]) == {"spec": {}}
    assert wanted["spec"]["replicas"] == 1


@pytest.mark.parametrize("path", ["spec.replicas", 'spec["replicas"]'])
def test_an_ignored_field_of_ours_keeps_its_live_value(path: str) -> None:
    kept = without_ignored({"spec": {"replicas": 1}}, live(entry(OURS, "Apply", REPLICAS)), OURS, [path])
    assert kept == {"spec": {"replicas": 4}}
