"""A graph as an SVG picture, alone or inside a page."""

from collections.abc import Callable, Collection, Iterator, Mapping
from html import escape
from pathlib import Path

from sandbox.graph.cards import cards
from sandbox.graph.change import SYMBOLS, Op
from sandbox.graph.layout import BESIDE, CHARACTER, FOOT, HEAD, ROW, Layout, Place, Point, arrange
from sandbox.graph.node import Node

STYLE = (Path(__file__).parent / "picture.css").read_text()

Link = Callable[[Node], str]
"""Where a click on a resource leads: the `href` of its row."""


def svg(nodes: Collection[Node], title: str, ops: Mapping[str, Op] | None = None) -> str:
    """A picture that stands alone, its colours in it. `ops`: what happens to resources, by URN."""
    layout = arrange(*cards(nodes))
    return "\n".join(["<?xml version='1.0' encoding='UTF-8'?>", *_drawing(layout, title, ops or {}, None, STYLE), ""])


def figure(nodes: Collection[Node], title: str, ops: Mapping[str, Op], link: Link) -> str:
    """The same picture for a page, which has `STYLE` itself; every row is a link."""
    return "\n".join(_drawing(arrange(*cards(nodes)), title, ops, link, ""))


def _drawing(layout: Layout, title: str, ops: Mapping[str, Op], link: Link | None, style: str) -> Iterator[str]:
    size = f'width="{layout.width:g}" height="{layout.height:g}" viewBox="0 0 {layout.width:g} {layout.height:g}"'
    yield f'<svg xmlns="http://www.w3.org/2000/svg" class="graph" role="group" aria-label="{escape(title)}" {size}>'
    yield f"<title>{escape(title)}</title>"
    if style:
        yield f"<style>\n{style}</style>"
        yield '<rect class="ground" width="100%" height="100%"/>'
    for _, points in layout.lines:
        yield f'<path class="line" d="{_curve(points)}"/>'
    for place in layout.places:
        yield from _card(place, ops, link)
    yield "</svg>"


def _curve(points: tuple[Point, ...]) -> str:
    """A line that leaves and reaches every point vertically."""
    (x, y), *others = points
    text = f"M{x:g} {y:g}"
    for right, down in others:
        middle = round((y + down) / 2)
        text += f" C{x:g} {middle:g} {right:g} {middle:g} {right:g} {down:g}"
        x, y = right, down
    return text


def _card(place: Place, ops: Mapping[str, Op], link: Link | None) -> Iterator[str]:
    card, component = place.card, place.card.component
    emphasis = " changed" if any(node.urn in ops for node in card.resources) else ""
    yield f'<g class="card{emphasis}" transform="translate({place.x:g} {place.y:g})">'
    yield f'<rect class="box" width="{place.width:g}" height="{place.height:g}" rx="7"/>'
    top = 0.0
    if component is not None:
        yield f"<title>{escape(component.title)}</title>"
        yield f'<text class="head" x="12" y="20">{_words(component, place.width - BESIDE)}</text>'
        top = HEAD
    for node in card.resources:
        yield from _row(node, ops.get(node.urn), top or FOOT, place.width, link)
        top += ROW
    yield "</g>"


def _row(node: Node, op: Op | None, top: float, width: float, link: Link | None) -> Iterator[str]:
    label, kind = escape(f"{node.title}: {op or 'unchanged'}"), op or "same"
    yield (
        f'<a class="row {kind}" href="{escape(link(node))}" aria-label="{label}">'
        if link
        else f'<g class="row {kind}">'
    )
    yield f"<title>{label}</title>"
    yield f'<rect class="back" x="5" y="{top:g}" width="{width - 10:g}" height="{ROW - 2}" rx="4"/>'
    yield f'<rect class="package {escape(node.package)}" x="10" y="{top + 5:g}" width="4" height="10" rx="2"/>'
    yield f'<text x="20" y="{top + 14:g}">{_words(node, width - BESIDE)}</text>'
    if op:
        yield f'<text class="sign" x="{width - 12:g}" y="{top + 14:g}" text-anchor="end">{SYMBOLS[op]}</text>'
    yield "</a>" if link else "</g>"


def _words(node: Node, room: float) -> str:
    """Kind and name, cut to so many pixels."""
    letters = max(int(room / CHARACTER + 0.5) - len(node.kind) - 1, 3)
    name = node.name if len(node.name) <= letters else node.name[: letters - 1] + "…"
    return f'<tspan class="kind">{escape(node.kind)}</tspan> <tspan class="name">{escape(name)}</tspan>'
