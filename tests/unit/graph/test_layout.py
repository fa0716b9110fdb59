"""Where cards stand."""

import random

from sandbox.graph.cards import cards
from sandbox.graph.layout import Layout, arrange
from tests.unit.graph.test_cards import node


def random_layout(seed: int, size: int = 30) -> Layout:
    chance = random.Random(seed)
    names = [f"n{number:02}" for number in range(size)]
    nodes = [node(name, *chance.sample(names[:place], min(place, 2))) for place, name in enumerate(names)]
    return arrange(*cards(nodes))


def test_no_card_covers_another_and_all_are_in_the_picture() -> None:
    for seed in range(5):
        layout = random_layout(seed)
        for place in layout.places:
            assert place.x >= 0
            assert place.y >= 0
            assert place.x + place.width <= layout.width
            assert place.y + place.height <= layout.height
            for other in layout.places:
                apart = (
                    place.x + place.width <= other.x
                    or other.x + other.width <= place.x
                    or place.y + place.height <= other.y
                    or other.y + other.height <= place.y
                )
                assert apart or place is other


def test_what_is_needed_stands_above_what_needs_it() -> None:
    layout = random_layout(1)
    tops = {place.card.key: place.y for place in layout.places}
    assert all(tops[need] < tops[user] for (need, user), _ in layout.lines)
    assert len(layout.lines) > 10


def test_a_line_leads_from_the_bottom_of_one_card_to_the_top_of_the_other() -> None:
    layout = random_layout(2)
    places = {place.card.key: place for place in layout.places}
    for (need, user), points in layout.lines:
        assert points[0][1] == places[need].y + places[need].height
        assert points[-1][1] == places[user].y
        assert [y for _, y in points] == sorted(y for _, y in points)


def test_an_empty_graph_and_cards_that_need_each_other_have_a_layout() -> None:
    assert arrange([], []).places == ()
    nodes = [node("x", managed=False), node("y", managed=False), node("a", parent="x"), node("b", "a", parent="y")]
    assert len(arrange(*cards([*nodes, node("c", "b", parent="x")])).places) == 2


def test_the_same_graph_has_the_same_layout() -> None:
    assert random_layout(3) == random_layout(3)
