"""Stacks as one HTML page: pictures whose rows lead to what there is to know of a resource.

The page has no script: links, `:target` and `:has()` do the work. So it needs no server, takes the keyboard as any
list of links does, and its content policy forbids everything but its own style, whatever a value may contain.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import Any

from sandbox.graph.change import SYMBOLS, Op
from sandbox.graph.node import Graph, Node
from sandbox.graph.picture import STYLE, figure
from sandbox.graph.property import Path as PropertyPath
from sandbox.graph.values import line, value
from sandbox.providers.difference import spell

_STYLE = (Path(__file__).parent / "page.css").read_text()
_HINT = "Choose a resource to see its properties. What is needed stands above what needs it."
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"


@dataclass(frozen=True)
class Sheet:
    """One stack of a page. The texts are HTML."""

    graph: Graph
    ops: Mapping[str, Op] = field(default_factory=dict[str, Op])
    """What happens to resources, by URN."""
    overview: str = ""
    """Beside the picture, until a resource is chosen."""
    details: Callable[[Node], str] = lambda _node: ""
    """What else there is to say of a resource."""


def page(title: str, subtitle: str, sheets: Sequence[Sheet]) -> str:
    """A whole document, in one file. `title` and `subtitle` are plain text."""
    return "\n".join(_document(title, subtitle, sheets)) + "\n"


def _document(title: str, subtitle: str, sheets: Sequence[Sheet]) -> Iterator[str]:
    yield '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">'
    yield f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    chosen = "".join(_chosen(number, sheet) for number, sheet in enumerate(sheets))
    yield f"<title>{escape(title)}</title>\n<style>\n{_STYLE}{STYLE}{chosen}</style>\n</head>\n<body>"
    yield f'<header><h1>{escape(title)}</h1><p class="quiet">{escape(subtitle)}</p></header>'
    yield '<nav aria-label="Stacks">'
    for number, sheet in enumerate(sheets):
        changed = f" ({len(sheet.ops)})" if sheet.ops else ""
        yield f'<a href="#{_anchor(number)}">{escape(sheet.graph.stack)}{changed}</a>'
    yield "</nav>"
    for number, sheet in enumerate(sheets):
        yield from _section(number, sheet)
    yield "</body>\n</html>"


def _anchor(stack: int, node: int | None = None) -> str:
    return f"stack-{stack}" if node is None else f"stack-{stack}-resource-{node}"


def _chosen(number: int, sheet: Sheet) -> str:
    """The style of the links to the stack and to the resource that are shown."""
    stack = _anchor(number)
    shown = [f"body:has(#{stack}:target, #{stack} :target)"] + (["body:not(:has(:target))"] if number == 0 else [])
    rows = (f"body:has(#{anchor}:target) a[href='#{anchor}'] .back" for anchor in _anchors(number, sheet).values())
    tabs = (f"{where} nav a[href='#{stack}']" for where in shown)
    return (
        f"{', '.join(tabs)} {{ color: var(--ground); background: var(--ink); }}\n"
        f"{', '.join(rows)} {{ stroke: var(--ink); stroke-width: 2; }}\n"
    )


def _anchors(number: int, sheet: Sheet) -> dict[str, str]:
    """Where each resource is told about, by URN."""
    return {node.urn: _anchor(number, index) for index, node in enumerate(sheet.graph.nodes) if node.managed}


def _section(number: int, sheet: Sheet) -> Iterator[str]:
    nodes, anchors = sheet.graph.nodes, _anchors(number, sheet)
    name = escape(sheet.graph.stack)
    yield f'<section class="stack" id="{_anchor(number)}" aria-label="Stack {name}">'
    yield '<div class="drawn">'
    yield from _legend(sheet)
    yield '<div class="picture">'
    yield figure(nodes, f"Resources of stack {sheet.graph.stack}", sheet.ops, lambda node: f"#{anchors[node.urn]}")
    yield "</div></div>"
    yield f'<div class="beside"><div class="overview"><h2>Stack {name}</h2>{sheet.overview}'
    yield f'<p class="quiet">{_HINT}</p></div>'
    for node in nodes:
        if node.urn in anchors:
            yield from _article(node, sheet, anchors[node.urn], _anchor(number))
    yield "</div></section>"


def _legend(sheet: Sheet) -> Iterator[str]:
    ops = list(sheet.ops.values())
    yield '<ul class="legend" aria-label="Legend">'
    for op, symbol in SYMBOLS.items():
        if op in ops:
            yield f'<li class="{op}"><b>{symbol}</b>{ops.count(op)} {op}</li>'
    for package in sorted({node.package for node in sheet.graph.nodes if node.managed}):
        yield f'<li><i class="{escape(package)}"></i>{escape(package)}</li>'
    yield "</ul>"


def _article(node: Node, sheet: Sheet, anchor: str, back: str) -> Iterator[str]:
    op = sheet.ops.get(node.urn)
    badge = f' <span class="badge {op}">{op}</span>' if op else ""
    yield f'<article id="{anchor}"><p><a href="#{back}">Back to the stack</a></p>'
    yield f"<h2>{escape(line(node.kind))} {escape(line(node.name))}{badge}</h2>"
    yield f'<p class="quiet"><code>{escape(line(node.type))}</code></p>'
    yield sheet.details(node)
    yield "<h3>Inputs</h3>" if node.inputs else ""
    yield properties((path, (("", item),)) for path, item in flattened(node.inputs))
    yield "</article>"


def properties(rows: Iterable[tuple[str, Iterable[tuple[str, Any]]]]) -> str:
    """A table of property paths, each with its values by class: `old`, `new`, or neither."""
    text = ""
    for path, values in rows:
        text += f'<tr><th scope="row">{escape(line(path))}</th></tr>'
        for kind, item in values:
            text += f'<tr><td class="{kind}">{escape(value(item))}</td></tr>'
    return f"<table>{text}</table>" if text else ""


def flattened(inputs: Any, path: PropertyPath = ()) -> Iterator[tuple[str, Any]]:
    """Every leaf with its path."""
    if isinstance(inputs, dict) and inputs:
        for key, item in sorted(inputs.items()):
            yield from flattened(item, (*path, key))
    elif isinstance(inputs, list) and inputs:
        for index, item in enumerate(inputs):
            yield from flattened(item, (*path, index))
    else:
        yield spell(path), inputs
