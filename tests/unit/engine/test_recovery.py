"""Killed at any point, the next run says what was pending, loses nothing and duplicates nothing."""

import os
import signal
import subprocess
import sys
import textwrap
from contextlib import suppress
from pathlib import Path

import pytest

from sandbox.engine.journal import Journal
from sandbox.engine.snapshot import Change
from tests.unit.engine.cloud import Cloud, Stack, ops, warnings


class Killed(BaseException):
    """Stands for the end of the process: nothing is recorded from here on."""


def dying(monkeypatch: pytest.MonkeyPatch, after: int) -> list[Change]:
    """Let so many changes into the journal, then none; returns those that got in."""
    append = Journal.append
    written: list[Change] = []

    def limited(journal: Journal, change: Change) -> None:
        if len(written) >= after:
            raise Killed
        append(journal, change)
        written.append(change)

    monkeypatch.setattr(Journal, "append", limited)
    return written


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


def kinds(cloud: Cloud) -> list[str]:
    """The objects that exist, by name without its random end."""
    return sorted(name.rpartition("-")[0] if "-" in name else name for name in cloud.objects)


@pytest.mark.parametrize("after", range(24))
def test_up_converges_after_a_kill_at_any_boundary(
    stack: Stack, cloud: Cloud, monkeypatch: pytest.MonkeyPatch, after: int
) -> None:
    stack.up(BEFORE)
    with monkeypatch.context() as patch:
        written = dying(patch, after)
        stack.write(AFTER)
        try:
            stack.engine().up()
        except Killed:
            assert len(written) == after
        else:
            assert len(written) < 24
    stack.engine().outputs()
    result = stack.up(AFTER)
    assert kinds(cloud) == ["kept", "new", "second", "two"]
    assert set(stack.resources()) == {"mine", "project-test", "group", "kept", "replaced", "exclusive", "new"}
    assert '"pending_operations": []' in stack.state.read_text()
    assert not stack.preview(AFTER).changed
    assert result.ok


@pytest.mark.parametrize("after", range(14))
def test_destroy_after_a_kill_at_any_boundary_of_up_leaves_nothing(
    stack: Stack, cloud: Cloud, monkeypatch: pytest.MonkeyPatch, after: int
) -> None:
    with monkeypatch.context() as patch:
        dying(patch, after)
        stack.write(AFTER)
        with suppress(Killed):
            stack.engine().up()
    assert stack.destroy().ok
    assert cloud.objects == {}
    assert stack.resources() == {}


@pytest.mark.parametrize("after", range(10))
def test_destroy_goes_on_after_a_kill_at_any_boundary(
    stack: Stack, cloud: Cloud, monkeypatch: pytest.MonkeyPatch, after: int
) -> None:
    stack.up(BEFORE)
    with monkeypatch.context() as patch:
        dying(patch, after)
        with suppress(Killed):
            stack.engine().destroy()
    assert stack.destroy().ok
    assert cloud.objects == {}
    assert stack.resources() == {}


@pytest.mark.parametrize("after", range(10))
def test_up_restores_what_a_killed_destroy_took(
    stack: Stack, cloud: Cloud, monkeypatch: pytest.MonkeyPatch, after: int
) -> None:
    """A delete that was cut short may have happened: the resource is looked at before it counts as there."""
    stack.up(BEFORE)
    with monkeypatch.context() as patch:
        dying(patch, after)
        with suppress(Killed):
            stack.engine().destroy()
    stack.up(BEFORE)
    assert kinds(cloud) == ["first", "gone", "kept", "one"]


def test_an_interrupted_create_that_left_the_program_is_found_and_deleted(
    stack: Stack, cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = 'Thing("a", autoname=True, value="1")'
    stack.up("pass")
    with monkeypatch.context() as patch:
        dying(patch, 2)
        stack.write(program)
        with pytest.raises(Killed):
            stack.engine().up()
    assert kinds(cloud) == ["a"]
    result = stack.up("pass")
    assert cloud.objects == {}
    [warning] = warnings(result)
    assert warning.message == "An earlier run was cut short while creating a; it is taken up again."


def test_an_interrupted_create_whose_inputs_changed_since_becomes_an_update(
    stack: Stack, cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    stack.up("pass")
    with monkeypatch.context() as patch:
        dying(patch, 2)
        stack.write('Thing("a", autoname=True, value="1")')
        with pytest.raises(Killed):
            stack.engine().up()
    [before] = cloud.objects
    assert ops(stack.up('Thing("a", autoname=True, value="2")')) == {"a": "update"}
    assert cloud.objects == {before: cloud.objects[before]}


def test_an_interrupted_update_is_done_again_even_when_the_program_went_back(
    stack: Stack, cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    stack.up('Thing("a", value="1")')
    with monkeypatch.context() as patch:
        dying(patch, 1)
        stack.write('Thing("a", value="2")')
        with pytest.raises(Killed):
            stack.engine().up()
    assert cloud.objects["a"]["value"] == "2"
    assert ops(stack.up('Thing("a", value="1")')) == {"a": "update"}
    assert cloud.objects["a"]["value"] == "1"


def test_a_last_line_cut_short_does_not_count(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    stack.up("pass")
    with monkeypatch.context() as patch:
        dying(patch, 3)
        stack.write('Thing("a", value="1"); Thing("b", value="1")')
        with pytest.raises(Killed):
            stack.engine().up()
    journal = stack.state.with_suffix(".journal")
    journal.write_bytes(journal.read_bytes()[:-20])
    assert stack.up('Thing("a", value="1"); Thing("b", value="1")').ok


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


def test_a_real_kill_9_in_the_middle_of_a_create_is_told_and_mended(stack: Stack, cloud: Cloud) -> None:
    script = f"""
        import os, signal
        from pathlib import Path
        from tests.unit.engine.cloud import Cloud, Stack
        cloud = Cloud()
        stack = Stack(Path({str(stack.directory.parent)!r}), cloud)
        def kill(method, name):
            if name == "b":
                os.kill(os.getpid(), signal.SIGKILL)
        cloud.on_call = kill
        stack.engine().up()
    """
    stack.write("""
        a = Thing("a", value="1")
        Thing("b", value=a.token)
    """)
    environment = {**os.environ, "PYTHONPATH": str(Path.cwd())}
    killed = subprocess.run([sys.executable, "-c", textwrap.dedent(script)], env=environment, check=False)
    assert killed.returncode == -signal.SIGKILL
    result = stack.engine().up()
    assert ops(result) == {"a": "same", "b": "create"}
    assert [one.message for one in warnings(result)] == [
        "An earlier run was cut short while creating b; it is taken up again."
    ]
    assert cloud.called("created") == ["b"]


def test_a_preview_leaves_the_journal_of_a_run_that_goes_on_alone(
    stack: Stack, cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    stack.up(BEFORE)
    with monkeypatch.context() as patch:
        dying(patch, after=6)
        with suppress(Killed):
            stack.up(AFTER)
    journal = stack.state.with_suffix(".journal")
    written, state = journal.read_bytes(), stack.state.read_bytes()
    changes = stack.preview(AFTER).counts
    assert (journal.read_bytes(), stack.state.read_bytes()) == (written, state)
    assert stack.preview(AFTER).counts == changes
    assert stack.up(AFTER).ok
    assert kinds(cloud) == ["kept", "new", "second", "two"]
