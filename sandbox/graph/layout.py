"""Where the cards of a graph stand: in layers, what is needed above what needs it.

Layering, crossings and coordinates are grandalf's, a Sugiyama layout in plain Python: a drawing depends on nothing
that is installed on the machine (no fonts, no graphviz), so the same graph always gives the same text.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from grandalf.graphs import Edge as Link
from grandalf.graphs import Graph, Vertex
from grandalf.layouts import DummyVertex, SugiyamaLayout

from sandbox.graph.cards import Card, Edge

ROW = 22
HEAD = 30
FOOT = 6
BETWEEN = (28, 52)
"""Pixels between cards of a layer, and between layers."""

MARGIN = 16
BESIDE = 60
"""Pixels of a row that its text does not take."""

CHARACTER = 6.7
"""Pixels that a character of a card takes on average, at the size the picture uses."""

WIDTHS = (120, 300)
"""The narrowest and the widest card, in pixels."""

Point = tuple[float, float]


@dataclass(frozen=True)
class Place:
    """A card and the rectangle it fills, in pixels from the top left."""

    card: Card
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Layout:
    """Cards, and the lines between them as the points they lead through."""

    places: tuple[Place, ...]
    lines: tuple[tuple[Edge, tuple[Point, ...]], ...]
    width: float
    height: float


class _View:
    """The size of a card on the way in, its centre on the way out."""

    def __init__(self, width: float, height: float) -> None:
        self.w, self.h = width, height
        self.xy: Point = (0, 0)


class _Box(Vertex):
    def __init__(self, card: Card) -> None:
        super().__init__(card)
        self.card = card
        self.view = _View(*size(card))


def size(card: Card) -> Point:
    """Width and height of a card, in pixels; a resource alone is all head."""
    shown = [*card.resources, *([card.component] if card.component else [])]
    width = max(len(node.kind) + 1 + len(node.name) for node in shown) * CHARACTER + BESIDE
    height = HEAD + FOOT + ROW * len(card.resources) if card.component is not None else ROW + 2 * FOOT
    return round(min(max(width, WIDTHS[0]), WIDTHS[1])), height


def arrange(cards: Sequence[Card], edges: Sequence[Edge]) -> Layout:
    """Cards that hang together in layers; groups that do not, side by side."""
    vertices = {card.key: _Box(card) for card in cards}
    links = {Link(vertices[need], vertices[user]): (need, user) for need, user in edges}
    places: list[Place] = []
    lines: list[tuple[Edge, tuple[Point, ...]]] = []
    right = float(MARGIN)
    for group in Graph(list(vertices.values()), list(links)).C:
        drawn = SugiyamaLayout(group)
        drawn.xspace, drawn.yspace = BETWEEN
        drawn.init_all()
        drawn.draw(3)
        members = [vertex for vertex in group.sV if isinstance(vertex, _Box)]
        left = right - min(vertex.view.xy[0] - vertex.view.w / 2 for vertex in members)
        top = MARGIN - min(vertex.view.xy[1] - vertex.view.h / 2 for vertex in members)
        own = {vertex.card.key: _place(vertex, left, top) for vertex in members}
        for link in group.sE:
            need, user = links[link]
            bends = [] if link not in drawn.ctrls else _bends(drawn, link, left, top)
            lines.append(((need, user), _points(own[need], bends, own[user])))
        places += own.values()
        right = max(place.x + place.width for place in own.values()) + BETWEEN[0]
    return Layout(
        tuple(sorted(places, key=lambda place: place.card.key)),
        tuple(sorted(lines)),
        max((place.x + place.width for place in places), default=0) + MARGIN,
        max((place.y + place.height for place in places), default=0) + MARGIN,
    )


def _place(box: _Box, left: float, top: float) -> Place:
    (x, y), width, height = box.view.xy, box.view.w, box.view.h
    return Place(box.card, round(x - width / 2 + left), round(y - height / 2 + top), width, height)


def _bends(drawn: SugiyamaLayout, link: Link, left: float, top: float) -> list[Point]:
    """Where a line that passes by other layers crosses them, from the top."""
    passed = [one.view.xy for one in drawn.ctrls[link].values() if isinstance(one, DummyVertex)]
    bends = [(round(at[0] + left), round(at[1] + top)) for at in passed if at]
    return sorted(bends, key=lambda point: point[1])


def _points(need: Place, bends: list[Point], user: Place) -> tuple[Point, ...]:
    start = (need.x + need.width / 2, need.y + need.height)
    return (start, *bends, (user.x + user.width / 2, user.y))
