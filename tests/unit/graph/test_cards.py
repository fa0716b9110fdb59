"""Cards: components with their resources, and the edges between them."""

from sandbox.graph.cards import cards
from sandbox.graph.node import Node


def node(name: str, *needs: str, parent: str = "", managed: bool = True) -> Node:
    return Node(
        urn=name,
        type="gcp:compute/network:Network" if managed else "shop:net:Net",
        name=name,
        parent=parent,
        managed=managed,
        protected=False,
        needs=needs,
        inputs={},
    )


def test_resources_stand_on_the_card_of_their_component_and_others_alone() -> None:
    made, _ = cards([node("c", managed=False), node("a", parent="c"), node("b", parent="a"), node("z")])
    assert [(card.key, [one.name for one in card.resources]) for card in made] == [("c", ["a", "b"]), ("z", ["z"])]


def test_a_component_without_resources_has_no_card() -> None:
    assert cards([node("c", managed=False)]) == ([], [])


def test_an_edge_that_follows_from_others_is_not_drawn() -> None:
    _, edges = cards([node("a"), node("b", "a"), node("c", "a", "b")])
    assert edges == [("a", "b"), ("b", "c")]


def test_needs_within_a_card_are_no_edges() -> None:
    _, edges = cards([node("c", managed=False), node("a", parent="c"), node("b", "a", "elsewhere", parent="c")])
    assert edges == []


def test_components_that_need_each_other_keep_both_edges() -> None:
    nodes = [node("x", managed=False), node("y", managed=False), node("a", parent="x"), node("b", "a", parent="y")]
    _, edges = cards([*nodes, node("c", "b", parent="x")])
    assert edges == [("x", "y"), ("y", "x")]
