"""`--target` restricts an operation to what it names; everything else stays as it is."""

import pytest

from sandbox.engine.events import Result
from sandbox.engine.targets import EVERYTHING, Selection
from sandbox.errors import SandboxError
from tests.unit.engine.cloud import Cloud, Stack, errors, ops

PROGRAM = """
    a = Thing("a", value="{0}")
    b = Thing("b", value=a.token, slow={1})
    Thing("web-1", value="{0}")
    Thing("web-2", value="{0}")
"""
BEFORE = PROGRAM.format("1", 0)
AFTER = PROGRAM.format("2", 0.001)


def up(stack: Stack, program: str, *targets: str, dependents: bool = False, fails: bool = False) -> Result:
    stack.write(program)
    stack.cloud.clear()
    result = stack.engine(targets=targets, target_dependents=dependents).up()
    assert result.ok is not fails, errors(result)
    return result


@pytest.mark.parametrize(
    ("target", "reached"),
    [
        ("a", {"a"}),
        ("urn:pulumi:test::project::fake:index:Thing::a", {"a"}),
        ("web-*", {"web-1", "web-2"}),
        ("**::web-*", {"web-1", "web-2"}),
        ("**:Thing::*", {"a", "b", "web-1", "web-2"}),
        ("urn:pulumi:test::*::fake:*:Thing::b", {"b"}),
    ],
)
def test_a_target_is_a_name_a_urn_or_a_pattern_of_either(
    stack: Stack, cloud: Cloud, target: str, reached: set[str]
) -> None:
    stack.up(BEFORE)
    result = up(stack, AFTER, target)
    assert {name for name, op in ops(result).items() if op == "update"} == reached
    assert set(cloud.called("updated")) == set(cloud.called("check")) == reached
    before = {name: entry for name, entry in stack.resources().items() if name not in reached}
    assert stack.up(AFTER).ok
    assert set(cloud.called("updated")) == {"a", "b", "web-1", "web-2"} - reached
    assert before.keys() <= stack.resources().keys()


def test_a_preview_is_restricted_too(stack: Stack) -> None:
    stack.up(BEFORE)
    stack.write(AFTER)
    assert ops(stack.engine(targets=["a"]).preview()) == {"a": "update", "b": "same", "web-1": "same", "web-2": "same"}


def test_dependents_of_a_target_are_targets_on_request(stack: Stack, cloud: Cloud) -> None:
    stack.up(BEFORE)
    up(stack, AFTER, "a", dependents=True)
    assert cloud.called("updated") == ["a", "b"]


def test_what_does_not_exist_and_is_no_target_is_not_created(stack: Stack, cloud: Cloud) -> None:
    result = up(stack, BEFORE + '    pulumi.export("token", b.token)\n    pulumi.export("own", a.token)\n', "a")
    assert ops(result) == {"a": "create"}
    assert set(cloud.objects) == {"a"}
    assert result.outputs == {"own": "token of a"}
    assert set(stack.resources()) == {"project-test", "default", "a"}


def test_a_target_that_needs_what_does_not_exist_is_an_error_that_names_it(stack: Stack, cloud: Cloud) -> None:
    result = up(stack, BEFORE, "b", fails=True)
    assert "It needs a, which does not exist yet and is no target" in errors(result)
    assert cloud.objects == {}
    up(stack, BEFORE, "a", "b")
    assert set(cloud.objects) == {"a", "b"}


def test_what_left_the_program_is_deleted_only_as_a_target(stack: Stack, cloud: Cloud) -> None:
    stack.up(BEFORE)
    up(stack, "pass", "web-1")
    assert set(cloud.objects) == {"a", "b", "web-2"}
    result = up(stack, "pass", "a", fails=True)
    assert "b (fake:index:Thing) depends on a target that is to be deleted" in errors(result)
    assert set(cloud.objects) == {"a", "b", "web-2"}
    up(stack, "pass", "a", dependents=True)
    assert set(cloud.objects) == {"web-2"}


def test_a_provider_goes_along_unless_it_needs_what_does_not_exist(stack: Stack, cloud: Cloud) -> None:
    program = """
        cluster = Thing("cluster", value="1")
        mine = FakeProvider("mine", region=cluster.token)
        Thing("inside", value="1", opts=ResourceOptions(provider=mine))
        Thing("outside", value="1")
    """
    up(stack, program, "outside")
    assert set(cloud.objects) == {"outside"}
    assert "It needs mine" in errors(up(stack, program, "inside", fails=True))
    up(stack, program, "cluster")
    up(stack, program, "inside")
    assert set(cloud.objects) == {"outside", "cluster", "inside"}


def test_a_replacement_does_not_delete_what_is_no_target(stack: Stack, cloud: Cloud) -> None:
    program = """
        first = Thing("first", type="Exclusive", name="{0}", value="1")
        Thing("second", name=first.name, value="1")
    """
    stack.up(program.format("one"))
    result = up(stack, program.format("two"), "first", fails=True)
    assert "so must second, which is no target" in errors(result)
    assert cloud.called("delete") == []
    up(stack, program.format("two"), "first", dependents=True)
    assert stack.resources()["second"]["id"] == "two"


def test_destroy_deletes_targets_and_refuses_to_leave_their_dependents_behind(stack: Stack, cloud: Cloud) -> None:
    stack.up(BEFORE)
    result = stack.engine(targets=["a", "web-1"]).destroy()
    assert "b (fake:index:Thing) depends on a target" in errors(result)
    assert len(cloud.objects) == 4
    assert stack.engine(targets=["a", "web-1"], target_dependents=True).destroy().ok
    assert set(cloud.objects) == {"web-2"}
    assert set(stack.resources()) == {"project-test", "default", "web-2"}


def test_destroy_of_targets_does_not_mind_that_something_else_is_protected(stack: Stack, cloud: Cloud) -> None:
    stack.up("""
        Thing("kept", value="1", opts=ResourceOptions(protect=True))
        Thing("a", value="1")
    """)
    assert stack.engine(targets=["a"]).destroy().ok
    assert set(cloud.objects) == {"kept"}


def test_refresh_reads_only_targets(stack: Stack, cloud: Cloud) -> None:
    stack.up(BEFORE)
    for entry in cloud.objects.values():
        entry["value"] = "drifted"
    cloud.clear()
    assert ops(stack.engine(targets=["a"]).refresh()) == {"a": "refresh"}
    assert stack.resources()["b"]["inputs"]["value"] == "token of a"
    cloud.clear()
    stack.engine(targets=["a"], target_dependents=True).refresh()
    assert sorted(cloud.called("read")) == ["a", "b"]


@pytest.mark.parametrize("target", ["nothing", "urn:pulumi:test::project::fake:index:Thing::nothing", "no-*"])
def test_a_target_that_matches_nothing_is_an_error_that_names_what_there_is(
    stack: Stack, cloud: Cloud, target: str
) -> None:
    stack.up(BEFORE)
    for operation in ("destroy", "refresh"):
        with pytest.raises(SandboxError, match=r"the target matches nothing.* There are: a, b, project-test, web-1"):
            getattr(stack.engine(targets=["a", target]), operation)()
    result = up(stack, "pass", "a", "b", target, fails=True)
    assert f"No resource is called {target!r}" in errors(result)
    assert set(cloud.objects) == {"a", "b", "web-1", "web-2"}


def test_a_renamed_resource_that_is_no_target_is_only_renamed(stack: Stack, cloud: Cloud) -> None:
    stack.up(BEFORE)
    program = AFTER.replace(
        '"web-1", value="2"', '"web-9", value="2", opts=ResourceOptions(aliases=[pulumi.Alias(name="web-1")])'
    )
    up(stack, program, "a")
    assert stack.resources()["web-9"]["inputs"] == {"name": "web-1", "value": "1"}
    assert "web-1" in cloud.objects


def test_a_choice_goes_to_the_real_cli_as_urns_and_patterns_of_urns() -> None:
    chosen = Selection.of(["web-*", "urn:pulumi:test::project::fake:index:Thing::a", "**::b"], dependents=True)
    assert chosen.arguments == [
        *("--target", "**::web-*"),
        *("--target", "urn:pulumi:test::project::fake:index:Thing::a"),
        *("--target", "**::b"),
        "--target-dependents",
    ]
    assert EVERYTHING.arguments == Selection.of(None, dependents=False).arguments == []
    with pytest.raises(SandboxError, match="--target-dependents needs --target"):
        Selection.of(None, dependents=True)
