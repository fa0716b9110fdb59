"""Killed at any point, the next run says what was pending, loses nothing and duplicates nothing."""

import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

import pytest

from sandbox.engine.snapshot import Begin, Change, Drop, End, Put
from sandbox.errors import SandboxError
from tests.unit.engine.cloud import Cloud, Stack, kinds, ops, told
from tests.unit.engine.kill import Kill, Killed


def left(changes: list[Change] | None) -> set[str]:
    """What the next run has to tell: the operations that were announced, and of which no outcome is known."""
    pending: dict[str, str] = {}
    for change in changes or []:
        match change:
            case Begin(operation, resource):
                pending[resource.urn] = f"{operation} {resource.name}"
            case End(urn):
                pending.pop(urn, None)
            case Put(resource, replaces):
                pending.pop(resource.urn, None)
                pending.pop(replaces, None)
            case Drop(resource):
                pending.pop(resource.urn, None)
    return {f"An earlier run was cut short while {what}; it is taken up again." for what in pending.values()}


BEFORE = """
    mine = FakeProvider("mine", region="here")
    options = ResourceOptions(provider=mine)
    Thing("gone", autoname=True, value="1", opts=options)
    kept = Thing("kept", autoname=True, value="1", opts=options)
    Thing("replaced", name="first", value=kept.token, opts=options)
    Thing("exclusive", type="Exclusive", name="one", value="1", opts=options)
"""
AFTER = """
    mine = FakeProvider("mine", region="here")
    group = Group("group", ResourceOptions(provider=mine))
    options = ResourceOptions(provider=mine, parent=group, aliases=[pulumi.Alias(parent=pulumi.ROOT_STACK_RESOURCE)])
    kept = Thing("kept", autoname=True, value="2", opts=options)
    replaced = Thing("replaced", name="second", value=kept.token, opts=options)
    Thing("exclusive", type="Exclusive", name="two", value="1", opts=options)
    Thing("new", autoname=True, value=replaced.token, opts=options)
"""


@pytest.mark.parametrize("after", range(16))
def test_up_converges_after_a_kill_at_any_boundary(stack: Stack, cloud: Cloud, kill: Kill, after: int) -> None:
    stack.up(BEFORE)
    written = kill("up", AFTER, after=after)
    assert (written is None) is (after == 15)
    stack.engine().outputs()
    result = stack.up(AFTER)
    assert told(result) == left(written)
    assert kinds(cloud) == ["kept", "new", "second", "two"]
    assert set(stack.resources()) == {"mine", "project-test", "group", "kept", "replaced", "exclusive", "new"}
    assert '"pending_operations": []' in stack.state.read_text()
    assert not stack.preview(AFTER).changed


@pytest.mark.parametrize("after", range(14))
def test_destroy_after_a_kill_at_any_boundary_of_up_leaves_nothing(
    stack: Stack, cloud: Cloud, kill: Kill, after: int
) -> None:
    written = kill("up", AFTER, after=after)
    result = stack.destroy()
    assert result.ok
    assert told(result) == left(written)
    assert cloud.objects == {}
    assert stack.resources() == {}


@pytest.mark.parametrize("after", range(11))
def test_destroy_goes_on_after_a_kill_at_any_boundary(stack: Stack, cloud: Cloud, kill: Kill, after: int) -> None:
    stack.up(BEFORE)
    written = kill("destroy", after=after)
    assert (written is None) is (after == 10)
    result = stack.destroy()
    assert result.ok
    assert told(result) == left(written)
    assert cloud.objects == {}
    assert stack.resources() == {}


@pytest.mark.parametrize("after", range(10))
def test_up_restores_what_a_killed_destroy_took(stack: Stack, cloud: Cloud, kill: Kill, after: int) -> None:
    """A delete that was cut short may have happened: the resource is looked at before it counts as there."""
    stack.up(BEFORE)
    written = kill("destroy", after=after)
    assert told(stack.up(BEFORE)) == left(written)
    assert kinds(cloud) == ["first", "gone", "kept", "one"]


@pytest.mark.parametrize("after", range(5))
def test_refresh_converges_after_a_kill_at_any_boundary(stack: Stack, cloud: Cloud, kill: Kill, after: int) -> None:
    stack.up(BEFORE)
    for name in list(cloud.objects):
        cloud.objects[name]["value"] = "drifted"
    del cloud.objects["first"]
    written = kill("refresh", after=after)
    assert (written is None) is (after == 4)
    result = stack.refresh()
    assert result.ok
    assert told(result) == set()
    entries = {name: entry["inputs"]["value"] for name, entry in stack.resources().items() if "value" in str(entry)}
    assert entries == dict.fromkeys(["gone", "kept", "exclusive"], "drifted")
    stack.up(BEFORE)
    assert kinds(cloud) == ["first", "gone", "kept", "one"]


@pytest.mark.parametrize(
    ("method", "suffix"),
    [("hardlink_to", ".link"), ("replace", ".link"), ("replace", ".draft"), ("unlink", ".journal")],
)
@pytest.mark.parametrize("operation", ["up", "destroy", "refresh"])
def test_a_kill_while_the_state_is_saved_loses_nothing(
    stack: Stack, cloud: Cloud, monkeypatch: pytest.MonkeyPatch, operation: str, method: str, suffix: str
) -> None:
    """Before the old state is kept, before the new one takes its place, and before the journal goes."""
    stack.up(BEFORE)
    if operation == "refresh":
        del cloud.objects["first"]
    real = getattr(Path, method)

    def killing(path: Path, *arguments: Any, **options: Any) -> Any:
        if path.suffix == suffix and (path.exists() or method == "hardlink_to"):
            raise Killed
        return real(path, *arguments, **options)

    stack.write(AFTER if operation == "up" else BEFORE)
    with monkeypatch.context() as patch, pytest.raises(Killed):
        patch.setattr(Path, method, killing)
        getattr(stack.engine(), operation)()
    assert not getattr(stack.engine(), operation)().changed
    assert not stack.state.with_suffix(".journal").exists()
    expected = {"up": ["kept", "new", "second", "two"], "destroy": [], "refresh": ["gone", "kept", "one"]}
    assert kinds(cloud) == expected[operation]


def test_an_interrupted_create_that_left_the_program_is_found_and_deleted(
    stack: Stack, cloud: Cloud, kill: Kill
) -> None:
    stack.up("pass")
    assert kill("up", 'Thing("a", autoname=True, value="1")', after=2)
    assert kinds(cloud) == ["a"]
    result = stack.up("pass")
    assert cloud.objects == {}
    assert told(result) == {"An earlier run was cut short while creating a; it is taken up again."}


@pytest.mark.parametrize(
    ("before", "after", "drift"),
    [("pass", 2, {}), ('Thing("a", name="one")', 1, {}), ('Thing("a", name="one")', 1, {"one": {"name": "other"}})],
    ids=["of something new", "of a replacement", "of a replacement for what drifted"],
)
def test_a_refresh_leaves_an_interrupted_create_to_up_and_says_so(
    stack: Stack, cloud: Cloud, kill: Kill, before: str, after: int, drift: dict[str, Any]
) -> None:
    stack.up(before)
    assert kill("up", 'Thing("a", name="two")', after=after)
    cloud.objects |= drift
    said = {
        "An earlier run was cut short while creating a; `refresh` leaves that to the next `up` or `destroy`, which "
        "takes it up again."
    }
    assert told(stack.refresh()) == said
    assert told(stack.refresh()) == said
    assert "two" in cloud.objects
    stack.up("pass")
    assert cloud.objects == {}


def test_an_interrupted_create_whose_inputs_changed_since_becomes_an_update(
    stack: Stack, cloud: Cloud, kill: Kill
) -> None:
    stack.up("pass")
    assert kill("up", 'Thing("a", autoname=True, value="1")', after=2)
    [before] = cloud.objects
    assert ops(stack.up('Thing("a", autoname=True, value="2")')) == {"a": "update"}
    assert cloud.objects == {before: cloud.objects[before]}


@pytest.mark.parametrize(
    ("name", "value", "op"),
    [("one", "1", "same"), ("one", "2", "update"), ("two", "2", "update"), ("three", "1", "replace")],
)
@pytest.mark.parametrize("again", range(9))
def test_what_an_interrupted_replacement_made_is_used_or_deleted_when_the_program_changed_since(
    stack: Stack, cloud: Cloud, kill: Kill, name: str, value: str, op: str, again: int
) -> None:
    program = 'Thing("a", name="{}", value="{}")'
    stack.up(program.format("one", "1"))
    assert kill("up", program.format("two", "1"), after=1)
    finished = kill("up", program.format(name, value), after=again) is None
    assert finished or again < 8
    foreseen = stack.preview(program.format(name, value))
    result = stack.up(program.format(name, value))
    assert ops(foreseen) == ops(result)
    assert again or ops(result) == {"a": op}
    assert {made: thing["value"] for made, thing in cloud.objects.items()} == {name: value}
    assert not (finished and result.changed)
    assert not stack.preview(program.format(name, value)).changed


def test_an_interrupted_update_is_done_again_even_when_the_program_went_back(
    stack: Stack, cloud: Cloud, kill: Kill
) -> None:
    stack.up('Thing("a", value="1")')
    assert kill("up", 'Thing("a", value="2")', after=1)
    assert cloud.objects["a"]["value"] == "2"
    assert ops(stack.up('Thing("a", value="1")')) == {"a": "update"}
    assert cloud.objects["a"]["value"] == "1"


EXCLUSIVE = 'Thing("a", type="Exclusive", name={!r}, fixed={}, value={!r}, fail={!r})'


@pytest.mark.parametrize("name", ["one", "two"], ids=["with the same id", "with another id"])
@pytest.mark.parametrize("after", range(5))
@pytest.mark.parametrize("program", [None, "pass"], ids=["destroy", "up without it"])
def test_what_was_made_anew_when_the_kill_came_is_deleted(
    stack: Stack, cloud: Cloud, kill: Kill, program: str | None, after: int, name: str
) -> None:
    stack.up(EXCLUSIVE.format("one", 1, "1", ""))
    written = kill("up", EXCLUSIVE.format(name, 2, "1", ""), after=after)
    assert (written is None) is (after == 4)
    assert (stack.up(program) if program else stack.destroy()).ok
    assert cloud.objects == {}
    assert "a" not in stack.resources()


@pytest.mark.parametrize("name", ["one", "two"], ids=["with the same id", "with another id"])
@pytest.mark.parametrize("after", range(5))
def test_what_was_made_anew_when_the_kill_came_is_in_the_state_once_even_when_its_update_fails(
    stack: Stack, cloud: Cloud, kill: Kill, after: int, name: str
) -> None:
    stack.up(EXCLUSIVE.format("one", 1, "1", ""))
    kill("up", EXCLUSIVE.format(name, 2, "1", ""), after=after)
    stack.write(EXCLUSIVE.format(name, 2, "2", "update"))
    stack.engine().up()
    stack.up(EXCLUSIVE.format(name, 2, "3", ""))
    assert [made["value"] for made in cloud.objects.values()] == ["3"]
    assert stack.destroy().ok
    assert cloud.objects == {}


def test_the_replaced_one_of_an_interrupted_replacement_stays_in_the_state_until_it_is_deleted(
    stack: Stack, cloud: Cloud, kill: Kill
) -> None:
    stack.up('Thing("a", name="one", value="1", fail="delete")')
    assert kill("up", 'Thing("a", name="two", value="1", fail="delete")', after=1)
    assert set(cloud.objects) == {"one", "two"}
    assert not stack.destroy().ok
    assert not stack.destroy().ok
    assert set(cloud.objects) == {"one", "two"}


@pytest.mark.parametrize("after", range(6))
def test_an_import_that_replaces_converges_after_a_kill_at_any_boundary(
    stack: Stack, cloud: Cloud, kill: Kill, after: int
) -> None:
    program = 'Thing("a", name="there", value="2", opts=ResourceOptions(import_="there"))'
    cloud.objects["there"] = {"name": "there", "value": "1"}
    stack.up('Thing("a", name="before", value="1")')
    written = kill("up", program, after=after)
    assert (written is None) is (after == 5)
    assert told(stack.up(program)) == left(written)
    assert cloud.objects == {"there": {"name": "there", "value": "2"}}
    assert not stack.preview(program).changed


def test_what_was_interrupted_and_is_no_target_waits(stack: Stack, cloud: Cloud, kill: Kill) -> None:
    program = 'Thing("a", autoname=True, value="1"); Thing("b", autoname=True, value="1")'
    stack.up('Thing("b", autoname=True, value="1")')
    assert kill("up", program, after=1)
    for operation in ("up", "refresh", "destroy"):
        result = getattr(stack.engine(targets=["b"]), operation)()
        assert result.ok
        assert told(result) == {"An earlier run was cut short while creating a; it is no target, so that waits."}
    assert kinds(cloud) == ["a"]
    stack.up(program)
    assert kinds(cloud) == ["a", "b"]


def test_a_last_line_cut_short_does_not_count(stack: Stack, kill: Kill) -> None:
    stack.up("pass")
    assert kill("up", 'Thing("a", value="1"); Thing("b", value="1")', after=3)
    journal = stack.state.with_suffix(".journal")
    journal.write_bytes(journal.read_bytes()[:-20])
    assert stack.up('Thing("a", value="1"); Thing("b", value="1")').ok


def test_a_damaged_journal_is_refused(stack: Stack, cloud: Cloud, kill: Kill) -> None:
    stack.up("pass")
    assert kill("up", 'Thing("a", value="1"); Thing("b", value="1")', after=3)
    journal = stack.state.with_suffix(".journal")
    first, second, *others = journal.read_bytes().split(b"\n")
    journal.write_bytes(b"\n".join([first, second[:-20], *others]))
    before = stack.state.read_bytes()
    with pytest.raises(SandboxError, match=r"journal .*test\.journal.* is damaged at line 2\. Nothing was changed"):
        stack.destroy()
    assert cloud.called("delete") == []
    assert stack.state.read_bytes() == before


def test_a_journal_of_an_earlier_state_is_not_taken_in_twice(
    stack: Stack, cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The process may die between writing the state and removing the journal."""

    def kept(_path: Path, *, missing_ok: bool) -> None:
        """Removes nothing."""
        del missing_ok

    program = 'Thing("a", name="{}", value="1")'
    stack.up(program.format("one"))
    stack.write(program.format("two"))
    engine = stack.engine()
    with monkeypatch.context() as patch:
        patch.setattr(Path, "unlink", kept)
        assert engine.up().ok
    assert stack.state.with_suffix(".journal").exists()
    assert not stack.preview(program.format("two")).changed
    assert set(cloud.objects) == {"two"}


@pytest.mark.parametrize("operation", ["up", "destroy", "refresh"])
def test_a_journal_of_another_state_is_refused_and_kept(stack: Stack, cloud: Cloud, kill: Kill, operation: str) -> None:
    program = 'Thing("a", value="1"); Thing("b", value="1")'
    stack.up("pass")
    assert kill("up", program, after=3)
    state, journal = stack.state.read_bytes(), stack.state.with_suffix(".journal")
    written = journal.read_bytes()
    stack.state.write_bytes(state + b"\n")
    with pytest.raises(SandboxError, match=r"test\.journal holds what an interrupted run did, but not to the state"):
        getattr(stack.engine(), operation)()
    assert journal.read_bytes() == written
    stack.state.write_bytes(state)
    stack.up(program)
    assert set(cloud.objects) == {"a", "b"}


@pytest.mark.parametrize(("operation", "method"), [("up", "create"), ("destroy", "delete"), ("refresh", "read")])
def test_a_real_kill_9_in_the_middle_of_a_step_is_told_and_mended(
    stack: Stack, cloud: Cloud, operation: str, method: str
) -> None:
    program = """
        a = Thing("a", value="1")
        Thing("b", value=a.token)
    """
    stack.write(program)
    if operation != "up":
        stack.up(program)
    script = f"""
        import os, signal
        from pathlib import Path
        from tests.unit.engine.cloud import Cloud, Stack
        cloud = Cloud(objects={cloud.objects!r})
        stack = Stack(Path({str(stack.directory.parent)!r}), cloud)
        def kill(method, name):
            if (method, name) == ({method!r}, "b"):
                os.kill(os.getpid(), signal.SIGKILL)
        cloud.on_call = kill
        stack.engine().{operation}()
    """
    environment = {**os.environ, "PYTHONPATH": str(Path.cwd())}
    killed = subprocess.run([sys.executable, "-c", textwrap.dedent(script)], env=environment, check=False)
    assert killed.returncode == -signal.SIGKILL
    cloud.clear()
    result = getattr(stack.engine(), operation)()
    outcome, pending = {
        "up": ({"a": "same", "b": "create"}, "creating b"),
        "destroy": ({"a": "delete", "b": "delete"}, "deleting b"),
        "refresh": ({"a": "same", "b": "same"}, None),
    }[operation]
    assert ops(result) == outcome
    assert told(result) == (
        {f"An earlier run was cut short while {pending}; it is taken up again."} if pending else set()
    )


def test_a_preview_leaves_the_journal_of_a_run_that_goes_on_alone(stack: Stack, cloud: Cloud, kill: Kill) -> None:
    stack.up(BEFORE)
    assert kill("up", AFTER, after=6)
    journal = stack.state.with_suffix(".journal")
    written, state = journal.read_bytes(), stack.state.read_bytes()
    changes = stack.preview(AFTER).counts
    assert (journal.read_bytes(), stack.state.read_bytes()) == (written, state)
    assert stack.preview(AFTER).counts == changes
    assert stack.up(AFTER).ok
    assert kinds(cloud) == ["kept", "new", "second", "two"]
