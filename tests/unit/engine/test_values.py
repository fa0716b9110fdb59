"""Property paths and property values."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox.engine import path as paths
from sandbox.engine.property import SECRET, SIGNATURE, UNKNOWN, from_struct, mark_secrets, redact, secret, to_struct

KEYS = st.one_of(st.integers(0, 99), st.text(min_size=1).filter(lambda text: text != paths.ANY))
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
)


@settings(deadline=None, max_examples=60)
@given(st.lists(KEYS, min_size=1, max_size=5))
def test_a_path_is_read_back_from_its_text(keys: list[str | int]) -> None:
    assert paths.parse(paths.text(tuple(keys))) == tuple(keys)


@pytest.mark.parametrize("text", ["a[b", "a]", '["open', "a[-1]", "a[x]"])
def test_a_text_that_is_no_path_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no property path"):
        paths.parse(text)


@settings(deadline=None, max_examples=60)
@given(st.dictionaries(st.text(), VALUES, max_size=4))
def test_values_come_back_from_the_wire_as_they_were(properties: dict[str, object]) -> None:
    assert from_struct(to_struct(properties)) == properties


def test_secrets_and_unknown_parts_are_redacted_at_any_depth() -> None:
    value = {"a": [secret("x"), {"b": secret({"c": 1})}], "d": UNKNOWN, "e": 1}
    assert redact(value) == {"a": ["[secret]", {"b": "[secret]"}], "d": "[unknown]", "e": 1}


def test_a_secret_in_a_secret_is_one_secret() -> None:
    assert secret({"a": secret("x")}) == {SIGNATURE: SECRET, "value": {"a": "x"}}


def test_outputs_named_like_secret_inputs_become_secret_as_far_down_as_both_are_objects() -> None:
    inputs = {"object": {"hidden": secret("x"), "open": "y"}, "list": [secret("x")], "gone": secret("x")}
    outputs = {"object": {"hidden": "x", "open": "y"}, "list": ["x", "z"], "other": "w"}
    assert mark_secrets(outputs, inputs) == {
        "object": {"hidden": secret("x"), "open": "y"},
        "list": secret(["x", "z"]),
        "other": "w",
    }
