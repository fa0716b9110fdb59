"""What a step of a preview changes, as a person sees it."""

from typing import Any

import pytest

from sandbox.graph.change import Change
from sandbox.graph.presentation import Presentation
from sandbox.graph.property import REDACTED, SECRET, SIGNATURE, UNKNOWN

URN = "urn:pulumi:dev::shop::gcp:compute/network:Network::net"


def state(inputs: dict[str, Any], **entry: Any) -> dict[str, Any]:
    return {"urn": URN, "type": "gcp:compute/network:Network", "custom": True, "inputs": inputs, **entry}


def change(step: dict[str, Any], presentation: Presentation | None = None) -> Change | None:
    return Change.of({"urn": URN, **step}, presentation or Presentation())


def shown(step: dict[str, Any], presentation: Presentation | None = None) -> list[tuple[str, str, Any, Any, bool]]:
    changed = change(step, presentation)
    assert changed is not None
    return [(one.path, one.kind, one.old, one.new, one.replaces) for one in changed.properties]


def update(old: Any, new: Any, **detailed: str) -> dict[str, Any]:
    diff = {path: {"kind": kind, "inputDiff": True} for path, kind in detailed.items()}
    return {"op": "update", "oldState": state(old), "newState": state(new), "detailedDiff": diff}


def test_what_the_provider_says_that_changes_is_shown_with_its_values() -> None:
    assert shown(update({"a": 1, "b": 2}, {"a": 2, "c": 3}, a="update-replace", b="delete", c="add")) == [
        ("a", "update", 1, 2, True),
        ("b", "delete", 2, None, False),
        ("c", "add", None, 3, False),
    ]


def test_without_a_word_of_the_provider_what_differs_is_shown() -> None:
    step = {**update({"a": {"b": 1}}, {"a": {"b": 2}}), "op": "replace", "replaceReasons": ["a"]}
    assert shown(step) == [("a.b", "update", 1, 2, True)]


def test_a_secret_is_shown_on_neither_side() -> None:
    assert shown(update({"a": {"b": REDACTED}}, {"a": {"b": "plain"}}, **{"a.b": "update"})) == [
        ("a.b", "update", REDACTED, REDACTED, False)
    ]
    encrypted = {SIGNATURE: SECRET, "ciphertext": "v1:x"}
    assert Presentation().shown({"a": [encrypted]}) == {"a": [REDACTED]}


def test_what_is_inside_a_secret_is_the_secret() -> None:
    assert shown(update({"data": REDACTED}, {"data": REDACTED}, **{"data.a": "update"})) == [
        ("data.a", "update", REDACTED, REDACTED, False)
    ]


def test_a_secret_that_the_program_took_out_of_what_marks_it_is_a_secret_all_the_same() -> None:
    assert Presentation().shown('Bearer {"OPAQUE_0123": "OPAQUE_0123"}') == REDACTED


def test_what_stand_ins_made_up_and_what_is_not_known_yet_are_told_apart() -> None:
    presentation = Presentation(("127.64.0.1",))
    assert shown(update({"a": "at 127.64.0.1"}, {"a": UNKNOWN}, a="update"), presentation) == [
        ("a", "update", "at [computed]", "[unknown]", False)
    ]


def test_a_resource_with_another_name_says_what_it_was() -> None:
    step = {**update({"a": 1}, {"a": 2}, a="update"), "oldState": state({"a": 1}, urn=f"{URN}-before")}
    changed = change(step)
    assert changed is not None
    assert changed.was == f"{URN}-before"


@pytest.mark.parametrize(
    "step",
    [
        {"op": "same", "oldState": state({}), "newState": state({})},
        {"op": "create-replacement", "newState": state({})},
        {"op": "create", "newState": state({}, custom=False)},
        update({"a": 1}, {"a": 1}),
    ],
    ids=["the same", "part of a replacement", "a component", "an update without a difference"],
)
def test_where_nothing_happens_to_what_is_managed_there_is_no_change(step: dict[str, Any]) -> None:
    assert change(step) is None


def test_what_goes_along_with_a_replacement_is_a_deletion() -> None:
    changed = change({"op": "delete-replaced", "oldState": state({"a": 1})})
    assert changed is not None
    assert (changed.op, changed.properties) == ("delete", ())


def test_a_secret_changes_where_the_provider_says_so_and_not_because_it_is_marked_elsewhere() -> None:
    old, new = {"data": REDACTED, "kubeconfig": REDACTED}, {"data": {"a": REDACTED}, "kubeconfig": REDACTED}
    step = {**update(old, new), "op": "replace", "diffReasons": ["kubeconfig"]}
    assert shown(step) == [("kubeconfig", "update", REDACTED, REDACTED, False)]
