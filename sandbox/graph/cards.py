"""A graph as cards: each component with its resources, and what each card needs of others."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from sandbox.graph.node import Node

Edge = tuple[str, str]
"""Keys of two cards: the first is needed by the second."""


@dataclass(frozen=True)
class Card:
    """`component` and the resources it makes; a resource of no component is alone on its card."""

    key: str
    component: Node | None
    resources: tuple[Node, ...]


def cards(nodes: Collection[Node]) -> tuple[list[Card], list[Edge]]:
    """Cards in order of their keys, and edges without those that follow from others."""
    by_urn = {node.urn: node for node in nodes}
    owner = {node.urn: _owner(node, by_urn) for node in nodes}
    members: dict[str, list[Node]] = {}
    for node in nodes:
        if node.managed:
            members.setdefault(owner[node.urn], []).append(node)
    made = [
        Card(key, None if by_urn[key].managed else by_urn[key], tuple(resources))
        for key, resources in sorted(members.items())
    ]
    lifted = {
        (owner[need], owner[node.urn])
        for node in nodes
        if node.managed
        for need in node.needs
        if owner.get(need) in members
    }
    return made, _reduced(sorted(edge for edge in lifted if edge[0] != edge[1]))


def _owner(node: Node, by_urn: Mapping[str, Node]) -> str:
    """The URN of the component that a resource belongs to; its own when there is none."""
    above: Node | None = node
    while above is not None and above.managed:
        above = by_urn.get(above.parent)
    return above.urn if above is not None else node.urn


def _reduced(edges: list[Edge]) -> list[Edge]:
    """The edges without those between which another way leads."""
    kept = list(edges)
    for edge in edges:
        others = [other for other in kept if other != edge]
        if edge[1] in set(_reached(edge[0], others)):
            kept = others
    return kept


def _reached(start: str, edges: list[Edge]) -> Iterator[str]:
    seen = {start}
    waiting = [start]
    while waiting:
        here = waiting.pop()
        for need, user in edges:
            if need == here and user not in seen:
                seen.add(user)
                waiting.append(user)
                yield user
