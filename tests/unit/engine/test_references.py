"""A stack reference reads the outputs of another stack of the same sandbox."""

from pathlib import Path

import pytest

from sandbox.engine.engine import Engine
from sandbox.engine.program import Program
from tests.unit.engine.cloud import Stack, errors, ops


@pytest.fixture
def other(stack: Stack) -> str:
    """Brings up stack `project/other` with some outputs; returns the text of the state file."""
    return exported(stack, "project", "other", '{"plain": "x", "list": [1], "hidden": pulumi.Output.secret("canary")}')


def exported(stack: Stack, project: str, name: str, outputs: str) -> str:
    stack.write(f"for key, value in ({outputs}).items(): pulumi.export(key, value)")
    state = stack.state.parent.parent / project / f"{name}.json"
    program = Program(stack.directory, project, name, {}, frozenset())
    assert Engine(program, state, "correct horse", stack.plugins, lambda _event: None).up().ok
    return state.read_text()


READ = """
    other = pulumi.StackReference("{}")
    pulumi.export("plain", other.get_output("plain"))
    pulumi.export("list", other.require_output("list"))
    pulumi.export("missing", other.get_output("missing"))
    pulumi.export("hidden", other.get_output("hidden"))
"""


@pytest.mark.parametrize("name", ["other", "project/other", "organization/project/other", "acme/project/other"])
@pytest.mark.usefixtures("other")
def test_a_stack_is_named_alone_with_its_project_or_in_full(stack: Stack, name: str) -> None:
    result = stack.up(READ.format(name))
    assert result.outputs == {"plain": "x", "list": [1], "hidden": "[secret]"}
    assert stack.engine().outputs(show_secrets=True)["hidden"] == "canary"
    assert "canary" not in stack.state.read_text()
    assert not stack.preview(READ.format(name)).changed


@pytest.mark.usefixtures("other")
def test_the_same_name_is_another_stack_in_another_project(stack: Stack) -> None:
    exported(stack, "elsewhere", "other", '{"plain": "far", "list": []}')
    program = READ.replace('"hidden"', '"plain"')
    assert stack.up(program.format("elsewhere/other")).outputs["plain"] == "far"
    assert stack.up(program.format("other")).outputs["plain"] == "x"


@pytest.mark.usefixtures("other")
def test_an_unknown_stack_is_an_error_that_names_those_there_are(stack: Stack) -> None:
    for name in ("nowhere", "elsewhere/other", "a/b/project/other", "../other"):
        result = stack.up(READ.format(name), fails=True)
        assert f"There is no stack {name!r}" in errors(result)
        assert "There are: project/other" in errors(result)


def test_a_preview_takes_what_a_stack_that_is_not_there_yet_hands_over_as_unknown(stack: Stack) -> None:
    result = stack.preview(READ.format("nowhere"))
    assert result.ok
    assert [item.message for item in result.diagnostics if item.severity == "warning"] == [
        "There is no stack 'nowhere' yet, so what it hands over is unknown."
    ]


@pytest.mark.usefixtures("other")
def test_a_reference_needs_no_default_provider_by_name(stack: Stack) -> None:
    stack.config = {"pulumi:disable-default-providers": '["*"]'}
    assert stack.up(READ.format("other")).ok


@pytest.mark.usefixtures("other")
def test_destroy_and_refresh_leave_the_other_stack_alone(stack: Stack) -> None:
    other_state = Path(stack.state.parent / "other.json")
    content = other_state.read_bytes()
    stack.up(READ.format("other"))
    assert stack.resources()["other"]["external"]
    exported(stack, "project", "other", '{"plain": "y", "list": []}')
    assert ops(stack.refresh()) == {}
    assert stack.resources()["other"]["outputs"]["outputs"]["plain"] == "y"
    assert stack.destroy().ok
    assert stack.resources() == {}
    assert other_state.read_bytes() != content


def test_other_builtin_resources_are_refused_by_name(stack: Stack) -> None:
    result = stack.up('pulumi.Stash("kept", input="value")', fails=True)
    assert "does not implement resources of type pulumi:index:Stash" in errors(result)
