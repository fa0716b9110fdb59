"""A graph in Mermaid's language, which GitHub and GitLab draw in Markdown."""

from collections.abc import Collection, Iterator

from sandbox.graph.cards import cards
from sandbox.graph.node import Node


def mermaid(nodes: Collection[Node]) -> str:
    """A flowchart: components as boxes around their resources."""
    return "\n".join(_lines(nodes)) + "\n"


def _lines(nodes: Collection[Node]) -> Iterator[str]:
    made, edges = cards(nodes)
    ids = {card.key: f"c{number}" for number, card in enumerate(made)}
    yield "flowchart TB"
    for card in made:
        if card.component is None:
            yield f"  {ids[card.key]}[{_label(card.resources[0])}]"
            continue
        yield f"  subgraph {ids[card.key]}[{_label(card.component)}]"
        for number, node in enumerate(card.resources):
            yield f"    {ids[card.key]}r{number}[{_label(node)}]"
        yield "  end"
    for need, user in edges:
        yield f"  {ids[need]} --> {ids[user]}"


def _label(node: Node) -> str:
    """A quoted label; what Mermaid or HTML would read as syntax is written as character codes."""
    text = f"{node.kind} {node.name}"
    quoted = "".join(char if char.isalnum() or char in " -_.:/" else f"#{ord(char)};" for char in text)
    return f'"{quoted}"'
