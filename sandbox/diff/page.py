"""The comparison as a page: pictures with what changes in colour, a click away from the properties."""

from collections.abc import Iterator
from html import escape

from sandbox.diff.document import Document, Finding, StackDiff
from sandbox.graph import urn as urns
from sandbox.graph.change import OPS, Change
from sandbox.graph.node import Graph, Node
from sandbox.graph.page import Sheet, page, properties
from sandbox.graph.values import line


def html(document: Document) -> str:
    """One self-contained page; every value in it is text."""
    subtitle = f"Compared with {document.base[:12]}. {document.prices}."
    return page(
        f"Infrastructure diff of {document.project}", subtitle, [_sheet(document, stack) for stack in document.stacks]
    )


def _sheet(document: Document, stack: StackDiff) -> Sheet:
    changes = {change.urn: change for change in stack.changes}

    def details(node: Node) -> str:
        return "".join(_details(stack, node, changes.get(node.urn)))

    return Sheet(
        graph=stack.graph or Graph(project=document.project, stack=stack.stack, nodes=()),
        ops={urn: change.op for urn, change in changes.items()},
        overview="".join(_overview(stack)),
        details=details,
    )


def _overview(stack: StackDiff) -> Iterator[str]:
    if stack.error:
        yield "<p>It could not be evaluated, so nothing is known of what would be done.</p>"
        yield f"<pre>{escape(stack.error)}</pre>"
        return
    if stack.state == "gone":
        yield "<p>Its stack file was removed. Nothing is done; what is deployed stays.</p>"
    counted = ", ".join(f"{stack.count(op)} to {op}" for op in OPS if stack.count(op))
    yield f"<p>{counted or 'Nothing changes.'}</p>"
    if stack.cost:
        change, before, after = stack.cost.signed, stack.cost.before, stack.cost.after
        yield f"<p>{change} a month, from ${before:,.2f} to ${after:,.2f}.</p>"
        rows = "".join(
            f"<tr><td>{escape(line(item))}</td><td>${before:,.2f}</td><td>${after:,.2f}</td></tr>"
            for item, before, after in stack.cost.items
        )
        yield f'<table class="numbers">{rows}</table>' if rows else ""
        if stack.cost.unknown:
            yield f"<p>Of no known price: {escape(line(', '.join(stack.cost.unknown)))}.</p>"
    yield _listed(_finding(finding, named=True) for finding in stack.findings)
    yield _listed(
        f"Policy {escape(item.policy)} ({item.level}), {escape(line(_subject(item.urn)))}: {escape(line(item.message))}"
        for item in stack.violations
    )
    yield _listed(escape(line(warning)) for warning in stack.warnings)


def _details(stack: StackDiff, node: Node, change: Change | None) -> Iterator[str]:
    yield _listed(_finding(finding, named=False) for finding in stack.findings if finding.urn == node.urn)
    if change and change.properties:
        yield "<h3>Changes</h3>"
        yield properties(
            (
                f"{item.path}{' (replaces)' if item.replaces else ''}",
                tuple(
                    (side, content)
                    for side, content, absent in (("old", item.old, "add"), ("new", item.new, "delete"))
                    if item.kind != absent
                ),
            )
            for item in change.properties
        )


def _finding(finding: Finding, *, named: bool) -> str:
    label = "allowed" if finding.allowed else finding.level
    subject = f" {escape(line(_subject(finding.urn)))}:" if named else ":"
    return f'<span class="{label}">{label}: {escape(finding.risk)}</span>{subject} {escape(line(finding.message))}'


def _subject(urn: str) -> str:
    return f"{urns.type_of(urn).rpartition(':')[2]} {urns.name_of(urn)}" if urn else "the stack"


def _listed(items: Iterator[str]) -> str:
    text = "".join(f"<li>{item}</li>" for item in items)
    return f"<ul>{text}</ul>" if text else ""
