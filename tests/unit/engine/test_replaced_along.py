"""Resources that are replaced or deleted because of others, or because the program says when."""

import pytest

from tests.unit.engine.cloud import Cloud, Stack, ops, step

DELETED_WITH = """
    database = Thing("database", name="{}", value="1")
    Thing("table", value="1", opts=ResourceOptions(deleted_with=database))
"""


def test_what_is_deleted_with_another_is_not_deleted_by_itself(stack: Stack, cloud: Cloud) -> None:
    stack.up(DELETED_WITH.format("one"))
    assert stack.resources()["table"]["deletedWith"] == stack.resources()["database"]["urn"]
    result = stack.destroy()
    assert ops(result) == {"table": "delete", "database": "delete"}
    assert cloud.called("delete") == ["database"]
    assert stack.resources() == {}


def test_what_is_deleted_with_another_that_stays_is_deleted(stack: Stack, cloud: Cloud) -> None:
    stack.up(DELETED_WITH.format("one"))
    stack.up('Thing("database", name="one", value="1")')
    assert cloud.called("delete") == ["table"]


@pytest.mark.parametrize("kind", ["Thing", "Exclusive"], ids=["created first", "deleted first"])
def test_what_is_deleted_with_another_is_replaced_with_it(stack: Stack, cloud: Cloud, kind: str) -> None:
    program = DELETED_WITH.replace('"database", ', f'"database", type="{kind}", ')
    stack.up(program.format("one"))
    result = stack.up(program.format("two"))
    assert ops(result) == {"database": "replace", "table": "replace"}
    assert cloud.called("delete") == ["database"]
    assert "table" in cloud.called("created")


@pytest.mark.parametrize("kind", ["Thing", "Exclusive"], ids=["created first", "deleted first"])
def test_replace_with_follows_a_replacement_and_nothing_less(stack: Stack, cloud: Cloud, kind: str) -> None:
    program = f"""
        first = Thing("first", type="{kind}", name="{{}}", value="{{}}")
        second = Thing("second", autoname=True, value="1", opts=ResourceOptions(replace_with=[first]))
        Thing("third", autoname=True, value="1", opts=ResourceOptions(replace_with=[second]))
    """
    stack.up(program.format("one", "1"))
    assert stack.resources()["second"]["replaceWith"] == [stack.resources()["first"]["urn"]]
    assert ops(stack.up(program.format("one", "2"))) == {"first": "update", "second": "same", "third": "same"}
    result = stack.up(program.format("two", "2"))
    assert ops(result) == {"first": "replace", "second": "replace", "third": "replace"}
    assert len(cloud.objects) == 3
    assert not stack.preview(program.format("two", "2")).changed


@pytest.mark.parametrize(("before", "after"), [(0, 1), ("a", "b"), ([1], [2]), ({"a": False}, {"a": True})])
def test_a_changed_trigger_replaces(stack: Stack, before: object, after: object) -> None:
    program = 'Thing("a", autoname=True, value="1", opts=ResourceOptions(replacement_trigger={!r}))'
    stack.up(program.format(before))
    assert not stack.preview(program.format(before)).changed
    result = stack.up(program.format(after))
    assert ops(result) == {"a": "replace"}
    [change] = step(result, "a").diffs
    assert (change.path, change.old, change.new) == ("replacementTrigger", before, after)


def test_a_trigger_that_comes_or_goes_replaces_nothing(stack: Stack) -> None:
    program = 'Thing("a", value="1", opts=ResourceOptions(replacement_trigger={!r}))'
    stack.up(program.format(None))
    assert not stack.up(program.format(1)).changed
    assert stack.resources()["a"]["replacementTrigger"] == 1
    assert not stack.up(program.format(None)).changed
    assert "replacementTrigger" not in stack.resources()["a"]


def test_a_secret_trigger_is_secret_and_one_not_known_yet_replaces_in_the_preview(stack: Stack) -> None:
    program = """
        first = Thing("first", value="{}")
        Thing("a", autoname=True, opts=ResourceOptions(replacement_trigger=pulumi.Output.secret(first.token)))
    """
    stack.up(program.format("1"))
    assert "ciphertext" in stack.resources()["a"]["replacementTrigger"]
    assert ops(stack.preview(program.format("1")))["a"] == "same"
    assert ops(stack.preview(program.format("2")))["a"] == "replace"
    assert ops(stack.up(program.format("2")))["a"] == "same"


def test_hidden_changes_are_told_without_their_values(stack: Stack) -> None:
    program = 'Thing("a", type="Vague", value={!r}, opts=ResourceOptions(hide_diffs=["value.noise"]))'
    stack.up(program.format({"noise": "1", "x": "1"}))
    assert stack.resources()["a"]["hideDiff"] == ["value.noise"]
    shown = step(stack.up(program.format({"noise": "2", "x": "2"})), "a").diffs
    assert [(one.path, one.old, one.new) for one in shown] == [
        ("value.noise", "[hidden]", "[hidden]"),
        ("value.x", "1", "2"),
    ]
