"""Order and parallelism come from the data that flows between resources."""

from tests.unit.engine.cloud import Cloud, Stack, ops


def test_a_resource_is_created_after_what_its_inputs_come_from(stack: Stack, cloud: Cloud) -> None:
    stack.up("""
        a = Thing("a", value="1")
        b = Thing("b", value=a.token)
        Thing("c", value=b.token)
    """)
    assert [name for method, name in cloud.calls if method == "created"] == ["a", "b", "c"]
    assert cloud.objects["c"]["value"] == "token of b"


def test_independent_resources_of_a_diamond_are_created_at_the_same_time(stack: Stack, cloud: Cloud) -> None:
    """The two sides wait for each other: one after the other, they would never finish."""
    stack.up("""
        top = Thing("top", value="1")
        left = Thing("left", value=top.token, meet="sides")
        right = Thing("right", value=top.token, meet="sides")
        Thing("bottom", value=[left.token, right.token])
    """)
    done = cloud.called("created")
    assert done[0] == "top"
    assert done[-1] == "bottom"


def test_a_diamond_of_slow_resources_takes_the_time_of_its_longest_path(stack: Stack) -> None:
    """Three steps of 0.2 s one after the other; all ten would be 2 s."""
    program = """
        top = Thing("top", value="1", slow=0.2)
        sides = [Thing(f"side-{number}", value=top.token, slow=0.2) for number in range(8)]
        Thing("bottom", value=[side.token for side in sides], slow=0.2)
    """
    assert 0.6 <= stack.up(program).seconds < 1.8


def test_a_hundred_slow_resources_are_created_at_once(stack: Stack, cloud: Cloud) -> None:
    """Not six at a time, which is asyncio's default on two cores."""
    cloud.together = 100
    stack.up("""
        for number in range(100):
            Thing(f"thing-{number}", value="x", meet="all")
    """)
    assert len(cloud.objects) == 100


def test_depends_on_orders_where_no_data_flows(stack: Stack, cloud: Cloud) -> None:
    stack.up("""
        a = Thing("a", value="1")
        b = Thing("b", value="2", opts=ResourceOptions(depends_on=[a]))
    """)
    assert cloud.called("created") == ["a", "b"]
    [a] = stack.resources()["b"]["dependencies"]
    assert a.endswith("::a")


def test_depending_on_a_component_is_depending_on_its_children(stack: Stack, cloud: Cloud) -> None:
    stack.up("""
        group = Group("group")
        Thing("child", value="1", opts=ResourceOptions(parent=group))
        Thing("after", value="2", opts=ResourceOptions(depends_on=[group]))
    """)
    assert cloud.called("created") == ["child", "after"]


def test_resources_are_deleted_in_reverse_order_and_independent_ones_at_the_same_time(
    stack: Stack, cloud: Cloud
) -> None:
    stack.up("""
        top = Thing("top", value="1")
        left = Thing("left", value=top.token)
        right = Thing("right", value=top.token)
        Thing("bottom", value=[left.token, right.token])
        for name in ("x", "y"):
            Thing(name, value="1")
    """)
    for name in ("left", "right"):
        entry = stack.resources()[name]
        assert entry["dependencies"]
    sides = {"left", "right"}
    cloud.gather = lambda method, name: "sides" if method == "delete" and name in sides else None
    result = stack.destroy()
    assert result.ok
    deleted = cloud.called("deleted")
    assert deleted.index("bottom") < min(map(deleted.index, sides))
    assert max(map(deleted.index, sides)) < deleted.index("top")
    assert cloud.objects == {}
    assert "resources" in stack.state.read_text()
    assert stack.resources() == {}


def test_what_left_the_program_is_deleted_after_the_rest_was_updated(stack: Stack, cloud: Cloud) -> None:
    stack.up("""
        a = Thing("a", value="1")
        b = Thing("b", value=a.token)
        Thing("c", value=b.token)
        Thing("kept", value="1")
    """)
    result = stack.up('Thing("kept", value="2")')
    assert ops(result) == {"kept": "update", "c": "delete", "b": "delete", "a": "delete"}
    assert [call for call in cloud.calls if call[0] in ("updated", "deleted")] == [
        ("updated", "kept"),
        ("deleted", "c"),
        ("deleted", "b"),
        ("deleted", "a"),
    ]


BEFORE = """
    b = Thing("b", value="1")
    a = Thing("a", name="one", value=b.token)
    Thing("z", value="1")
"""
AFTER = """
    a = Thing("a", name="two", value="1")
    b = Thing("b", value=a.token)
    Thing("z", value="2", fail="update")
"""


def test_a_turned_dependency_is_in_a_whole_state_though_the_replaced_one_is_not_deleted_yet(
    stack: Stack, cloud: Cloud
) -> None:
    """The replaced `a` needs `b`, which needs the new `a`."""
    stack.up(BEFORE)
    stack.up(AFTER, fails=True)
    assert set(cloud.objects) == {"one", "two", "b", "z"}
    stack.up(AFTER.replace(', fail="update"', ""))
    assert set(cloud.objects) == {"two", "b", "z"}


def test_a_turned_dependency_is_destroyed_in_its_new_order(stack: Stack, cloud: Cloud) -> None:
    stack.up(BEFORE)
    stack.up(AFTER, fails=True)
    assert stack.destroy().ok
    assert cloud.objects == {}
    deleted = [name for name in cloud.called("deleted") if name != "z"]
    assert deleted == ["a", "b", "a"]


def test_a_turned_dependency_loses_the_new_one_without_harm(stack: Stack, cloud: Cloud) -> None:
    """What is left of `a` needs `b`, which is all that `b` can need."""
    stack.up(BEFORE)
    stack.up(AFTER, fails=True)
    del cloud.objects["two"]
    assert stack.refresh().ok
    assert stack.destroy().ok
    assert cloud.objects == {}


def test_what_may_use_the_replaced_one_still_is_deleted_before_it(stack: Stack, cloud: Cloud) -> None:
    program = """
        a = Thing("a", name="{}", value="1")
        Thing("b", value=a.token, fail="{}")
    """
    stack.up(program.format("one", ""))
    stack.up(program.format("two", "update"), fails=True)
    assert stack.destroy().ok
    assert cloud.called("deleted") == ["b", "a", "a"]
