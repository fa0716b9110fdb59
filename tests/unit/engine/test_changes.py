"""Every change is shown property by property: path, old value, new value."""

import pytest

from sandbox.engine.diff import PropertyDiff
from tests.unit.engine.cloud import Cloud, Stack, errors, ops, step


def test_an_update_names_the_path_and_both_values(stack: Stack, cloud: Cloud) -> None:
    stack.up('Thing("a", value="old")')
    result = stack.up('Thing("a", value="new")')
    assert ops(result) == {"a": "update"}
    assert step(result, "a").diffs == (PropertyDiff("value", "update", "old", "new"),)
    assert cloud.objects["a"]["value"] == "new"


def test_a_provider_that_gives_no_details_gets_them_computed_from_the_inputs(stack: Stack) -> None:
    program = 'Thing("a", type="Vague", value={{"list": [1, {second}], "kept": 1{added}}})'
    stack.up(program.format(second=2, added=', "gone": True'))
    result = stack.up(program.format(second=3, added=', "came.with.dots": "x"'))
    assert step(result, "a").diffs == (
        PropertyDiff('value["came.with.dots"]', "add", None, "x"),
        PropertyDiff("value.gone", "delete", True, None),
        PropertyDiff("value.list[1]", "update", 2, 3),
    )


def test_a_provider_that_gives_no_judgement_leaves_equal_inputs_alone(stack: Stack) -> None:
    program = 'Thing("a", type="Vague", value={"x": [1, 2.5, None, True]})'
    stack.up(program)
    assert ops(stack.up(program)) == {"a": "same"}


def test_a_secret_is_shown_on_neither_side_of_a_change(stack: Stack) -> None:
    for kind in ("Thing", "Vague"):
        stack.up(f'Thing("a", type="{kind}", value=pulumi.Output.secret("canary-1"))')
        result = stack.preview(f'Thing("a", type="{kind}", value=pulumi.Output.secret("canary-2"))')
        assert step(result, "a").diffs == (PropertyDiff("value", "update", "[secret]", "[secret]"),)
        result = stack.preview(f'Thing("a", type="{kind}", value="canary-2")')
        assert "canary" not in repr(result)


def test_inputs_that_the_provider_refuses_are_reported_and_nothing_is_done(stack: Stack, cloud: Cloud) -> None:
    result = stack.up('Thing("a", value="impossible")', fails=True)
    assert "fake:index:Thing 'a' has wrong inputs" in errors(result)
    assert "value: is impossible" in errors(result)
    assert cloud.objects == {}


@pytest.mark.parametrize("value", [8000, 0.5, -3, 1e20])
def test_numbers_in_state_are_integers_where_they_have_no_fraction(stack: Stack, value: float) -> None:
    stack.up(f'Thing("a", value={value!r})')
    recorded = stack.resources()["a"]["inputs"]["value"]
    assert recorded == value
    assert isinstance(recorded, int) is float(value).is_integer()
