"""Replacing a resource: create first, delete later, unless it must be the other way round."""

from tests.unit.engine.cloud import Cloud, Stack, errors, ops, step, warnings


def changing(cloud: Cloud) -> list[tuple[str, str]]:
    return [call for call in cloud.calls if call[0] in ("created", "deleted", "updated")]


def test_a_replacement_is_created_before_the_old_one_is_deleted(stack: Stack, cloud: Cloud) -> None:
    program = """
        a = Thing("a", name="{name}", value="1")
        Thing("b", value=a.token)
    """
    stack.up(program.format(name="one"))
    result = stack.up(program.format(name="two"))
    assert ops(result) == {"a": "replace", "b": "update"}
    assert changing(cloud) == [("created", "a"), ("updated", "b"), ("deleted", "a")]
    assert set(cloud.objects) == {"two", "b"}
    [diff] = step(result, "a").diffs
    assert diff.replace
    assert result.counts == {"replace": 1, "update": 1, "same": 1}


def test_a_replacement_shows_in_a_preview_without_its_deletion_counted(stack: Stack) -> None:
    stack.up('Thing("a", name="one", value="1")')
    result = stack.preview('Thing("a", name="two", value="1")')
    assert result.counts == {"replace": 1, "same": 1}


def test_delete_before_replace_deletes_first(stack: Stack, cloud: Cloud) -> None:
    program = 'Thing("a", name="{}", value="1", opts=ResourceOptions(delete_before_replace=True))'
    stack.up(program.format("one"))
    assert ops(stack.up(program.format("two"))) == {"a": "replace"}
    assert changing(cloud) == [("deleted", "a"), ("created", "a")]


def test_the_provider_may_demand_to_delete_first_and_the_program_overrule_it(stack: Stack, cloud: Cloud) -> None:
    program = 'Thing("a", type="Exclusive", name="{}", value="1", opts=ResourceOptions(delete_before_replace={}))'
    stack.up(program.format("one", None))
    stack.up(program.format("two", None))
    assert changing(cloud) == [("deleted", "a"), ("created", "a")]
    stack.up(program.format("three", False))
    assert changing(cloud) == [("created", "a"), ("deleted", "a")]


def test_dependents_that_would_be_replaced_are_deleted_before_and_created_again(stack: Stack, cloud: Cloud) -> None:
    """`fixed` cannot change in place and comes from the resource that is deleted first; `value` can."""
    program = """
        a = Thing("a", name="{name}", value="1", opts=ResourceOptions(delete_before_replace=True))
        b = Thing("b", fixed=a.token, value="1")
        c = Thing("c", fixed=b.token, value="1")
        Thing("loose", value=a.token)
        Thing("apart", value="1")
    """
    stack.up(program.format(name="one"))
    preview = stack.preview(program.format(name="two"))
    result = stack.up(program.format(name="two"))
    expected = {"a": "replace", "b": "replace", "c": "replace", "loose": "update", "apart": "same"}
    assert ops(preview) == ops(result) == expected
    done = changing(cloud)
    assert done[:4] == [("deleted", "c"), ("deleted", "b"), ("deleted", "a"), ("created", "a")]
    assert done.index(("created", "b")) < done.index(("created", "c"))
    assert set(cloud.objects) == {"two", "b", "c", "loose", "apart"}


def test_a_protected_dependent_keeps_everything_in_place(stack: Stack, cloud: Cloud) -> None:
    program = """
        a = Thing("a", name="{name}", value="1", opts=ResourceOptions(delete_before_replace=True))
        Thing("b", fixed=a.token, value="1", opts=ResourceOptions(protect=True))
    """
    stack.up(program.format(name="one"))
    result = stack.up(program.format(name="two"), fails=True)
    assert "b (fake:index:Thing) is protected" in errors(result)
    assert changing(cloud) == []


def test_replace_on_changes_turns_an_update_into_a_replacement(stack: Stack) -> None:
    program = """
        Thing("a", autoname=True, value={{"x": {}, "y": {}}}, opts=ResourceOptions(replace_on_changes=["value.x"]))
    """
    stack.up(program.format(1, 1).replace('"a",', '"a", type="Vague",'))
    assert ops(stack.up(program.format(1, 2).replace('"a",', '"a", type="Vague",'))) == {"a": "update"}
    assert ops(stack.up(program.format(2, 2).replace('"a",', '"a", type="Vague",'))) == {"a": "replace"}


def test_a_replacement_with_an_automatic_name_gets_a_new_one(stack: Stack, cloud: Cloud) -> None:
    program = 'Thing("a", autoname=True, fixed={}, value="1")'
    stack.up(program.format(1))
    [before] = cloud.objects
    stack.up(program.format(2))
    [after] = cloud.objects
    assert before != after
    assert after.startswith("a-")


def test_an_automatic_name_stays_through_updates(stack: Stack, cloud: Cloud) -> None:
    stack.up('Thing("a", autoname=True, value="1")')
    [before] = cloud.objects
    assert ops(stack.up('Thing("a", autoname=True, value="2")')) == {"a": "update"}
    assert [before] == list(cloud.objects)


CASCADE = """
    a = Thing("a", type="Exclusive", name="{name}", value="1", fail="{fail}")
    b = Thing("b", fixed=a.token, value="1")
    Thing("c", fixed=b.token, value="1")
    Thing("loose", value=a.token)
"""


def test_what_a_failed_replacement_took_along_is_told_as_deleted_and_missing(stack: Stack, cloud: Cloud) -> None:
    stack.up(CASCADE.format(name="one", fail=""))
    result = stack.up(CASCADE.format(name="two", fail="create"), fails=True)
    assert set(cloud.objects) == {"loose"}
    assert result.counts == {"delete": 3, "same": 1}
    assert {warning.urn.rpartition("::")[2] for warning in warnings(result)} == {"a", "b", "c"}
    assert {warning.message for warning in warnings(result)} == {
        "It was deleted to be made anew, and was not made: it is missing. Run `up` again."
    }
    assert result.diagnostics[-1].message == "One resource was left alone: loose."
    assert stack.up(CASCADE.format(name="two", fail="")).counts == {"replace": 3, "update": 1, "same": 1}


def test_a_failed_preview_tells_of_no_deletion(stack: Stack) -> None:
    stack.up(CASCADE.format(name="one", fail=""))
    result = stack.preview(CASCADE.format(name="two", fail="") + '    Thing("bad", value="impossible")\n')
    assert not result.ok
    assert warnings(result) == []


def test_what_a_replacement_takes_along_and_the_program_no_longer_asks_for_is_a_deletion(stack: Stack) -> None:
    stack.up(CASCADE.format(name="one", fail=""))
    program = CASCADE.format(name="two", fail="").replace('Thing("c", fixed=b.token, value="1")', "pass")
    expected = {"a": "replace", "b": "replace", "c": "delete", "loose": "update"}
    assert ops(stack.preview(program)) == expected
    assert ops(stack.up(program)) == expected


SHARED = """
    first = Thing("first", type="Exclusive", name="{name}-1", value="1")
    second = Thing("second", type="Exclusive", name="{name}-2", value="1")
    Thing("shared", fixed=[first.token, second.token], slow=0.2, fail="{fail}")
"""


def test_what_two_replacements_take_along_is_deleted_once_and_before_both(stack: Stack, cloud: Cloud) -> None:
    stack.up(SHARED.format(name="one", fail=""))
    result = stack.up(SHARED.format(name="two", fail=""))
    assert ops(result) == {"first": "replace", "second": "replace", "shared": "replace"}
    deleted = cloud.called("deleted")
    assert deleted[0] == "shared"
    assert sorted(deleted) == ["first", "second", "shared"]
    assert set(cloud.objects) == {"two-1", "two-2", "shared"}


def test_neither_of_two_replacements_goes_on_when_what_both_take_along_stays(stack: Stack, cloud: Cloud) -> None:
    stack.up(SHARED.format(name="one", fail="delete"))
    result = stack.up(SHARED.format(name="two", fail="delete"), fails=True)
    assert cloud.called("delete") == ["shared"]
    for name in ("first", "second"):
        assert f"{name} was not replaced: the old one, or what depends on it, could not be deleted." in errors(result)
    assert set(cloud.objects) == {"one-1", "one-2", "shared"}
