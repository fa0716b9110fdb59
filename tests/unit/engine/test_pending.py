"""What is pending stays so until its outcome is known, whatever is refused, renamed or deleted meanwhile."""

from collections.abc import Callable

import pytest

from sandbox.errors import SandboxError
from sandbox.providers.plugin import Unclear, Unreachable
from tests.unit.engine.cloud import Cloud, Stack, errors, kinds, ops, told
from tests.unit.engine.kill import Kill

ONE = 'Thing("a", autoname=True, value="1")'
OTHER = 'Thing("a", autoname=True, value="2")'
CASCADE = """
    first = Thing("first", autoname=True, fixed="{}", opts=ResourceOptions(delete_before_replace=True))
    Thing("second", autoname=True, fixed={})
"""


def failing(method: str, error: Exception) -> Callable[[str, str], None]:
    """For `Cloud.on_call`."""

    def on_call(called: str, _name: str) -> None:
        if called == method:
            raise error

    return on_call


def ids(stack: Stack) -> set[str]:
    """Ids of the fake cloud's resources in the state."""
    return {entry["id"] for entry in stack.resources().values() if entry["type"].startswith("fake:")}


@pytest.mark.parametrize("after", range(13))
def test_what_a_killed_replacement_made_is_deleted_though_the_replaced_one_was_deleted_ahead_of_another(
    stack: Stack, cloud: Cloud, kill: Kill, after: int
) -> None:
    stack.up(CASCADE.format("1", "first.token"))
    assert kill("up", CASCADE.format("1", '"apart"'), after=1)
    assert kinds(cloud) == ["first", "second", "second"]
    kill("up", CASCADE.format("2", "first.token"), after=after)
    stack.up(CASCADE.format("2", "first.token"))
    assert kinds(cloud) == ["first", "second"]
    assert ids(stack) == set(cloud.objects)


def test_a_deletion_that_is_refused_leaves_the_replacement_pending(stack: Stack, cloud: Cloud, kill: Kill) -> None:
    stack.up(CASCADE.format("1", "first.token"))
    assert kill("up", CASCADE.format("1", '"apart"'), after=1)
    cloud.on_call = failing("delete", SandboxError("in use"))
    stack.up(CASCADE.format("2", "first.token"), fails=True)
    cloud.on_call = Cloud.on_call
    assert stack.destroy().ok
    assert cloud.objects == {}


def test_the_deletion_of_what_a_pending_create_is_to_replace_is_looked_at_too(
    stack: Stack, cloud: Cloud, kill: Kill
) -> None:
    stack.up(CASCADE.format("1", "first.token"))
    before = set(cloud.objects)
    assert kill("up", CASCADE.format("1", '"apart"'), after=1)
    assert kill("up", CASCADE.format("2", "first.token"), after=1)
    assert len(before - cloud.objects.keys()) == 1
    assert told(stack.up(CASCADE.format("1", "first.token"))) == {
        "An earlier run was cut short while creating second; it is taken up again.",
        "An earlier run was cut short while deleting second; it is taken up again.",
    }
    assert kinds(cloud) == ["first", "second"]
    assert ids(stack) == set(cloud.objects)


@pytest.mark.parametrize("error", [SandboxError("no quota"), Unreachable("nobody there"), RuntimeError("a bug")])
def test_a_repeated_create_that_fails_does_not_forget_what_the_first_attempt_made(
    stack: Stack, cloud: Cloud, kill: Kill, error: Exception
) -> None:
    assert kill("up", ONE, after=3)
    made = set(cloud.objects)
    cloud.on_call = failing("create", error)
    stack.up(ONE, fails=True)
    cloud.on_call = Cloud.on_call
    stack.up(ONE)
    assert set(cloud.objects) == made


@pytest.mark.parametrize("program", [None, "pass", OTHER], ids=["destroy", "up without it", "up with other inputs"])
@pytest.mark.parametrize("error", [Unreachable("nobody there"), Unclear("no answer")])
def test_what_a_provider_cannot_be_asked_about_stays_pending_and_nothing_is_deleted(
    stack: Stack, cloud: Cloud, kill: Kill, error: Exception, program: str | None
) -> None:
    stack.up('Thing("b", value="1")')
    assert kill("up", f'Thing("b", value="1"); {ONE}', after=1)
    cloud.on_call = failing("create", error)
    stack.write(program or "")
    refused = stack.engine().up() if program else stack.engine().destroy()
    assert not refused.ok
    assert str(error) in errors(refused)
    assert kinds(cloud) == ["a", "b"]
    cloud.on_call = Cloud.on_call
    again = stack.up(program) if program else stack.destroy()
    assert told(again) == {"An earlier run was cut short while creating a; it is taken up again."}
    assert kinds(cloud) == (["a"] if program == OTHER else [])
    assert ids(stack) == set(cloud.objects)


def test_a_destroy_that_may_leave_something_behind_fails_and_deletes_the_rest(
    stack: Stack, cloud: Cloud, kill: Kill
) -> None:
    stack.up('Thing("b", value="1")')
    assert kill("up", f'Thing("b", value="1"); {ONE}', after=1)
    cloud.on_call = failing("create", SandboxError("no quota"))
    result = stack.destroy()
    assert not result.ok
    assert errors(result) == (
        "An earlier run was cut short while creating it, and repeating that failed: no quota. Should a part of it "
        "exist, it is not in the state: delete it by hand."
    )
    assert kinds(cloud) == ["a"]
    assert stack.destroy().ok


@pytest.mark.parametrize("error", [RuntimeError("a bug"), SandboxError("no quota"), Unreachable("nobody there")])
def test_a_create_that_merely_failed_is_not_taken_up_again(stack: Stack, cloud: Cloud, error: Exception) -> None:
    cloud.on_call = failing("create", error)
    stack.up('Thing("a", value="wrong")', fails=True)
    cloud.on_call = Cloud.on_call
    destroyed = stack.destroy()
    assert (destroyed.ok, told(destroyed), cloud.called("create")) == (True, set(), [])
    cloud.on_call = failing("create", error)
    stack.up('Thing("a", value="wrong")', fails=True)
    cloud.on_call = Cloud.on_call
    right = 'Thing("a", value="right", fixed="1")'
    assert ops(stack.preview(right)) == ops(stack.up(right)) == {"a": "create"}
    assert cloud.called("created") == ["a"]


@pytest.mark.parametrize("value", ["1", "2"])
@pytest.mark.parametrize("method", ["create", "delete", "update"])
def test_a_lost_answer_is_taken_up_again_as_a_preview_says(stack: Stack, cloud: Cloud, method: str, value: str) -> None:
    stack.up('Thing("a", value="0")' if method == "update" else ONE if method == "delete" else "pass")
    cloud.on_call = failing(method, Unclear("no answer"))
    stack.up({"create": ONE, "delete": "pass", "update": 'Thing("a", value="1")'}[method], fails=True)
    cloud.on_call = Cloud.on_call
    program = f'Thing("a", {"" if method == "update" else "autoname=True, "}value="{value}")'
    assert ops(stack.preview(program)) == ops(stack.up(program))
    assert [made["value"] for made in cloud.objects.values()] == [value]
    assert not stack.preview(program).changed


@pytest.mark.parametrize("program", [None, "pass"], ids=["destroy", "up without it"])
def test_a_preview_tells_of_the_deletion_of_what_an_interrupted_create_made(
    stack: Stack, kill: Kill, program: str | None
) -> None:
    assert kill("up", ONE, after=3)
    foreseen = stack.preview(program) if program else stack.engine().destroy(preview=True)
    assert ops(foreseen) == ops(stack.up(program) if program else stack.destroy()) == {"a": "delete"}


RENAMED = 'Thing("b", name="web", value="{}", opts=ResourceOptions(aliases=[pulumi.Alias(name="a")]))'


@pytest.mark.parametrize(
    ("before", "killed", "after", "op"),
    [
        ("pass", 'Thing("a", name="web", value="1")', 2, "same"),
        ('Thing("a", name="web", value="1")', "pass", 1, "create"),
        ('Thing("a", name="web", value="0")', 'Thing("a", name="web", value="1")', 1, "update"),
        ('Thing("a", name="first", value="1")', 'Thing("a", name="web", value="1")', 1, "same"),
    ],
    ids=["create", "delete", "update", "replacement"],
)
@pytest.mark.parametrize("again", range(7))
def test_what_was_interrupted_is_taken_up_under_a_new_name(
    stack: Stack, cloud: Cloud, kill: Kill, before: str, killed: str, after: int, op: str, again: int
) -> None:
    stack.up(before)
    assert kill("up", killed, after=after)
    foreseen = stack.preview(RENAMED.format("1"))
    kill("up", RENAMED.format("1"), after=again)
    result = stack.up(RENAMED.format("1"))
    assert again or ops(foreseen) == ops(result) == {"b": op}
    assert {name: made["value"] for name, made in cloud.objects.items()} == {"web": "1"}
    assert ids(stack) == {"web"}
    settled = stack.up(RENAMED.format("1"))
    assert not settled.changed
    assert not told(settled)


def test_an_update_that_was_interrupted_under_a_new_name_is_done_again_under_the_old_one(
    stack: Stack, cloud: Cloud, kill: Kill
) -> None:
    stack.up('Thing("a", name="web", value="0")')
    assert kill("up", RENAMED.format("1"), after=1)
    assert cloud.objects["web"]["value"] == "1"
    assert ops(stack.up('Thing("a", name="web", value="0")')) == {"a": "update"}
    assert cloud.objects["web"]["value"] == "0"


@pytest.mark.parametrize("killed", ["pass", 'Thing("a", name="web", value="2")'], ids=["delete", "update"])
def test_what_was_interrupted_and_is_no_target_waits_under_its_new_name(
    stack: Stack, cloud: Cloud, kill: Kill, killed: str
) -> None:
    stack.up('Thing("a", name="web", value="1")')
    assert kill("up", killed, after=1)
    stack.write('Thing("c", value="1"); ' + RENAMED.format("1"))
    assert stack.engine(targets=["c"]).up().ok
    stack.up('Thing("c", value="1"); Thing("b", name="web", value="1")')
    assert {name: made["value"] for name, made in cloud.objects.items()} == {"web": "1", "c": "1"}


@pytest.mark.parametrize(
    "program",
    ['Thing("a", opts=ResourceOptions(import_="there"), name="there")', 'Thing.get("a", "there")'],
    ids=["imported", "read"],
)
def test_what_an_interrupted_create_made_is_deleted_when_another_object_takes_its_place(
    stack: Stack, cloud: Cloud, kill: Kill, program: str
) -> None:
    cloud.objects["there"] = {"name": "there"}
    assert kill("up", ONE, after=3)
    stack.up(program)
    assert set(cloud.objects) == {"there"}
    assert not told(stack.up(program))
