"""What a person sees."""

import io
import json
import time

from rich.console import Console

from sandbox.display import Display, to_json
from tests.unit.engine.cloud import Cloud, Stack

PROGRAM = """
    group = Group("group")
    Thing("a", value={first!r}, opts=ResourceOptions(parent=group))
    Thing("b", name={name!r}, value=pulumi.Output.secret("canary"))
    Thing("c", value="1")
    pulumi.export("value", {first!r})
    pulumi.export("secret", pulumi.Output.secret("canary"))
"""


def shown(stack: Stack, program: str, *, preview: bool = False, terminal: bool = False) -> str:
    output = io.StringIO()
    console = Console(file=output, force_terminal=terminal, width=120, color_system=None, soft_wrap=True)
    stack.write(program)
    display = Display(preview=preview, console=console)
    engine = stack.engine(display)
    with display:
        result = engine.preview() if preview else engine.up()
    display.show(result)
    assert "canary" not in output.getvalue()
    return "\n".join(line.rstrip() for line in output.getvalue().splitlines())


def test_a_preview_is_a_tree_with_a_summary(stack: Stack) -> None:
    text = shown(stack, PROGRAM.format(first="x", name="one"), preview=True)
    assert text.startswith("""\
     Type                    Name          Plan
 +   pulumi:pulumi:Stack     project-test  create
 +   ├─ fake:index:Thing     b             create
 +   ├─ fake:index:Thing     c             create
 +   └─ test:index:Group     group         create
 +      └─ fake:index:Thing  a             create

Outputs:
""")
    assert (
        """
Outputs:
  + secret: [secret]
  + value : "x"

Resources:
    + 5 to create

Duration: 0"""
        in text
    )


def test_changes_show_their_paths_and_values_and_unchanged_resources_are_left_out(stack: Stack) -> None:
    shown(stack, PROGRAM.format(first="x", name="one"))
    text = shown(stack, PROGRAM.format(first="y" * 200, name="two"), preview=True)
    tree = text.partition("\n\n")[0].splitlines()
    assert tree[0].split() == ["Type", "Name", "Plan"]
    assert tree[1:] == [
        "     pulumi:pulumi:Stack     project-test",
        " +-  ├─ fake:index:Thing     b             replace",
        '     │      ~ name: "one" => "two" (replaces)',
        "     └─ test:index:Group     group",
        " ~      └─ fake:index:Thing  a             update",
        f'               ~ value: "x" => "{"y" * 49}… (202 characters)',
    ]
    assert "fake:index:Thing  c" not in text
    assert "    ~ 1 to update\n    +-1 to replace\n    2 changes. 3 unchanged\n" in text


def test_what_an_earlier_run_replaced_and_left_is_a_deletion_beside_its_successor(stack: Stack) -> None:
    program = 'Thing("a", name="{}", value="{}"); Thing("b", value="1", fail="{}")'
    stack.up(program.format("one", "1", ""))
    stack.up(program.format("two", "1", "update"), fails=True)
    text = shown(stack, program.format("two", "2", ""), preview=True)
    assert text.partition("\n\n")[0].splitlines()[1:] == [
        "     pulumi:pulumi:Stack  project-test",
        " ~   ├─ fake:index:Thing  a             update",
        '     │      ~ value: "1" => "2"',
        " -   └─ fake:index:Thing  a             delete",
    ]
    assert stack.up(program.format("two", "2", "")).counts == {"update": 1, "delete": 1, "same": 2}


def test_only_a_left_over_deletion_is_a_change(stack: Stack) -> None:
    program = 'Thing("a", name="{}", value="1"); Thing("b", value="1")'
    stack.up(program.format("one"))
    stack.up(program.format("two") + '; Thing("c", value="1", fail="create")', fails=True)
    text = shown(stack, program.format("two"), preview=True)
    assert "No changes." not in text
    assert stack.up(program.format("two")).counts == {"same": 3, "delete": 1}


def test_a_page_that_a_stack_hands_out_shows_as_its_first_line(stack: Stack) -> None:
    page = "\\n".join(["# The stack", *["words"] * 99])
    text = shown(stack, f'pulumi.export("readme", "{page}")')
    assert '  + readme: "# The stack"… (100 lines)' in text
    assert "words" not in text


def test_no_change_says_so(stack: Stack) -> None:
    program = PROGRAM.format(first="x", name="one")
    shown(stack, program)
    text = shown(stack, program)
    assert text.startswith(
        'Outputs:\n    secret: [secret]\n    value : "x"\n\nNo changes.\nResources:\n    5 unchanged\n'
    )


def test_without_a_terminal_each_change_is_a_line_when_it_starts_and_when_it_ends(stack: Stack) -> None:
    lines = shown(stack, PROGRAM.format(first="x", name="one")).splitlines()
    assert " +  fake:index:Thing a creating" in lines
    assert any(line.startswith(" +  fake:index:Thing a created (0.") for line in lines)


def test_a_terminal_shows_what_is_in_flight(stack: Stack, cloud: Cloud) -> None:
    cloud.on_call = lambda method, _name: time.sleep(0.3) if method == "create" else None
    text = shown(stack, 'Thing("a", value="1")', terminal=True)
    assert "fake:index:Thing a creating (0s)" in text


def test_failures_are_listed_with_their_reason(stack: Stack) -> None:
    text = shown(
        stack,
        """
        print("hello from the program")
        Thing("a", value="1", fail="create")
    """,
    )
    assert "fake:index:Thing a creating failed (0.0s)" in text
    assert "Diagnostics:\n  info: hello from the program\n  fake:index:Thing (a): error: create is refused\n" in text
    assert "No changes." not in text


def test_json_names_steps_diffs_counts_and_outputs_without_secrets(stack: Stack) -> None:
    stack.up(PROGRAM.format(first="x", name="one"))
    result = stack.preview(PROGRAM.format(first="y", name="two"))
    document = json.loads(to_json(result))
    assert document["changeSummary"] == {"same": 3, "update": 1, "replace": 1}
    [update] = [step for step in document["steps"] if step["op"] == "update"]
    assert update["name"] == "a"
    assert update["detailedDiff"] == {"value": {"kind": "update", "old": "x", "new": "y"}}
    assert document["outputs"] == {"value": "y", "secret": "[secret]"}
    assert "canary" not in to_json(result)


def test_a_failed_preview_shows_what_is_wrong_once_and_no_plan(stack: Stack) -> None:
    text = shown(stack, "raise pulumi.RunError('two mistakes')", preview=True)
    assert text.count("two mistakes") == 1
    assert "to create" not in text
