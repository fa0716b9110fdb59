"""The comment: complete or honestly cut, and never more than text."""

from typing import Any

import pytest
from markdown_it import MarkdownIt

from sandbox.diff.document import Cost, Finding
from sandbox.diff.markdown import LIMIT, code, markdown
from tests.unit.diff.documents import change, document, node

EVILS = (
    "```\n</details>\n# heading",
    "<img src=x onerror=alert(1)>",
    "[link](https://example.com) ![x](https://example.com/x.png) https://example.com www.example.com",
    "@someone fixes #1 **bold** | cell | `code` <!-- infrastructure diff -->",
    "~~~\n</code></summary>\n<h1>",
    "\u202etxt.exe\u2066 \x00 \r\n- item",
    "&lt;script&gt; \\",
)

TAGS = {"<details>", "</details>", "<summary>", "</summary>", "<b>", "</b>", "<code>", "</code>", "<sub>", "</sub>"}


def rendered(text: str) -> list[Any]:
    """Every token of the comment, also those within lines."""
    tokens = MarkdownIt("gfm-like", {"html": True, "linkify": False}).parse(text)
    return [inner for token in tokens for inner in (token, *(token.children or ()))]


@pytest.mark.parametrize("evil", EVILS)
def test_nothing_that_stands_in_a_change_is_more_than_text(evil: str) -> None:
    changed = node("kubernetes:core/v1:ConfigMap", evil, {})
    shown = change(changed, "update", **{evil: (evil, {evil: [evil]})}).model_copy(update={"was": changed.urn})
    finding = Finding(level="blocked", risk="volume", urn=changed.urn, message=evil)
    text = markdown(document([shown], [finding], stack=evil))
    tokens = rendered(text)
    assert {token.type for token in tokens}.isdisjoint({"link_open", "image", "code_inline", "s_open"})
    markup = [token.content for token in tokens if token.type.startswith("html_")]
    assert len([one for one in markup if one.startswith("<!--")]) == 1
    assert text.startswith("<!-- infrastructure diff -->\n")
    found = {tag for one in markup if not one.startswith("<!--") for tag in _tags(one)}
    assert found <= TAGS
    assert [token.tag for token in tokens if token.type == "heading_open"] == ["h2"]
    assert len([token for token in tokens if token.type == "fence"]) == 1
    assert all(char.isprintable() or char == "\n" for char in text)
    assert "@someone" not in text.split("```")[0]


def _tags(html: str) -> set[str]:
    return {f"<{part.partition('>')[0]}>" for part in html.split("<")[1:]}


def test_a_comment_is_never_longer_than_github_takes_and_says_what_it_leaves_out() -> None:
    resources = [node("kubernetes:core/v1:ConfigMap", f"c{number}") for number in range(900)]
    changes = [change(one, "update", data=("x" * 500, "ü" * 500)) for one in resources]
    text = markdown(document(changes))
    assert LIMIT - 3000 < len(text.encode()) <= LIMIT
    shown = text.count("\n! ~ ")
    assert f"# {900 - shown} of 900 changes do not fit into this comment." in text
    assert text.rstrip().endswith("</details>")
    assert text.count("```") == 2


def test_many_stacks_with_long_findings_fit_too() -> None:
    lost = [node("kubernetes:core/v1:Namespace", f"n{number}" * 40) for number in range(300)]
    found = [Finding(level="blocked", risk="namespace", urn=one.urn, message="<" * 300) for one in lost]
    one = document([change(item, "delete") for item in lost], found)
    text = markdown(one.model_copy(update={"stacks": one.stacks * 9}))
    assert len(text.encode()) <= LIMIT
    assert "more" in text


def test_the_table_counts_and_names_the_risks() -> None:
    resources = [node("kubernetes:core/v1:Namespace", name) for name in "abcd"]
    operations = ("create", "update", "replace", "delete")
    changes = [change(one, op) for one, op in zip(resources, operations, strict=True)]
    finding = Finding(level="blocked", risk="namespace", urn=resources[3].urn, message="gone")
    row = "| <code>dev</code> | 1 | 1 | 1 | 1 | {} | ±$0.00 |"
    assert row.format("⛔ blocked: namespace") in markdown(document(changes, [finding]))
    allowed = finding.model_copy(update={"allowed": True})
    assert row.format("✅ allowed: namespace") in markdown(document(changes, [allowed]))
    assert "| no change |" in markdown(document())


def test_a_stack_without_changes_shows_what_else_there_is_to_say() -> None:
    one = document()
    warned = one.stacks[0].model_copy(update={"warnings": ("mind this",)})
    text = markdown(one.model_copy(update={"stacks": (warned,)}))
    assert "- ⚠️ mind this" in text
    assert "```" not in text
    assert "<details>" not in markdown(one)


def test_a_stack_that_could_not_be_evaluated_says_why_at_the_end_of_what_it_said() -> None:
    one = document()
    error = "\n".join(f"line {number}" for number in range(300)) + "\n<b>no such colour</b>"
    failed = one.stacks[0].model_copy(update={"state": "failed", "error": error, "graph": None, "cost": None})
    text = markdown(one.model_copy(update={"stacks": (failed, *one.stacks)}))
    assert "| <code>dev</code> |  |  |  |  | ❌ could not be evaluated |  |" in text
    assert "| <code>dev</code> |  |  |  |  | no change | ±$0.00 |" in text
    assert "- ❌ &#60;b&#62;no such colour&#60;/b&#62;" in text
    # A stack file with 40 mistakes is shown whole.
    assert "line 140" in text
    assert "line 9\n" not in text


def test_what_is_renamed_stands_with_its_former_name() -> None:
    moved = change(node("gcp:compute/network:Network", "new"), "replace", name=("n", "m"))
    former = node("gcp:compute/network:Network", "old").urn
    assert "new  (was old)" in markdown(document([moved.model_copy(update={"was": former})]))


def test_an_ordinary_name_stays_readable() -> None:
    assert code("NodePool cluster-nodes") == "<code>NodePool cluster-nodes</code>"


def test_amounts_have_a_sign() -> None:
    costs = [Cost(before=10, after=10 + more, items=(), unknown=()) for more in (1234.5, -0.5, 0)]
    assert [cost.signed for cost in costs] == ["+$1,234.50", "-$0.50", "±$0.00"]


def test_the_longest_names_and_the_most_stacks_do_not_break_the_limit() -> None:
    lost = [node("kubernetes:core/v1:Namespace", f"{number}" + "\U0001f600<" * 9000) for number in range(5)]
    found = [Finding(level="blocked", risk="namespace", urn=one.urn, message="gone") for one in lost]
    one = document([change(item, "delete") for item in lost], found, "s" * 250)
    text = markdown(one.model_copy(update={"stacks": one.stacks * 150}))
    assert len(text.encode()) <= LIMIT
    assert text.endswith("There are more stacks than fit into this comment.\n")
