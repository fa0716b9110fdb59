"""Changes are told property by property."""

from pulumi.provider.experimental.provider import PropertyDiffKind as Kind

from sandbox.providers.difference import compare
from sandbox.providers.values import UNKNOWN


def kinds(old: object, new: object) -> dict[str, Kind]:
    diff = compare({"spec": old}, {"spec": new})
    return {path: change.kind for path, change in diff.detailed_diff.items()}


def test_equal_inputs_are_no_change() -> None:
    diff = compare({"a": [1, {"b": 2.0}]}, {"a": [1.0, {"b": 2}]})
    assert diff.changes is False
    assert not diff.detailed_diff


def test_each_change_is_told_by_its_path() -> None:
    old = {"replicas": 1, "containers": [{"image": "a"}], "gone": {"x": 1}, "labels": {"example.com/a": "1"}}
    new = {"replicas": 2, "containers": [{"image": "b"}, {"image": "c"}], "labels": {"example.com/a": "2"}}
    assert kinds(old, new) == {
        "spec.replicas": Kind.UPDATE,
        "spec.containers[0].image": Kind.UPDATE,
        "spec.containers[1]": Kind.ADD,
        "spec.gone": Kind.DELETE,
        'spec.labels["example.com/a"]': Kind.UPDATE,
    }


def test_true_is_not_one() -> None:
    assert kinds(True, 1) == {"spec": Kind.UPDATE}


def test_what_is_not_known_yet_is_a_change() -> None:
    assert kinds({"a": "x"}, {"a": UNKNOWN}) == {"spec.a": Kind.UPDATE}
