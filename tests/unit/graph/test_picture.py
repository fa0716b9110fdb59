"""Pictures, flowcharts and pages of a graph."""

import re
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import pytest

from sandbox.errors import SandboxError
from sandbox.graph import command
from sandbox.graph.mermaid import mermaid
from sandbox.graph.node import Graph, Node
from sandbox.graph.page import Sheet, page
from sandbox.graph.picture import svg
from tests.unit.graph.test_cards import node

REPOSITORY = Path(__file__).parents[3]
EVIL = """<script>alert(1)</script>"><img src=x onerror=alert(1)> ]]> & "' --> `|"""


def evil() -> tuple[Node, ...]:
    component = node(f"component {EVIL}", managed=False)
    inputs = {EVIL: EVIL, "list": [{"deep": EVIL}]}
    child = node(EVIL, parent=component.urn).model_copy(update={"type": f"gcp:x:{EVIL}", "inputs": inputs})
    return (child, component)


def test_a_picture_is_xml_whatever_names_contain() -> None:
    root = ElementTree.fromstring(svg(evil(), EVIL))
    tags = {element.tag.rpartition("}")[2] for element in root.iter()}
    assert tags == {"svg", "title", "style", "rect", "g", "text", "tspan"}


def test_what_happens_to_a_resource_shows_by_colour_and_by_sign() -> None:
    drawn = svg([node("a"), node("b")], "t", {"b": "replace"})
    assert drawn.count('class="row replace"') == 1
    assert drawn.count(">±</text>") == 1


def test_names_in_a_flowchart_are_text() -> None:
    lines = mermaid(evil()).splitlines()
    assert lines[0] == "flowchart TB"
    for line in lines[1:]:
        assert re.fullmatch(r'  subgraph c\d+\[".*"\]|    c\d+r\d+\[".*"\]|  end', line)
        for label in re.findall(r'\["(.*)"\]', line):
            assert set(re.sub(r"#\d+;", "", label)).isdisjoint("<>\"'`|[]{}&")


class Tags(HTMLParser):
    """Elements, their attributes, and the text that is no style."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


def evil_page() -> str:
    return page(EVIL, EVIL, [Sheet(Graph(project="p", stack=EVIL, nodes=evil()))])


def test_a_page_has_no_script_and_loads_nothing_whatever_values_contain() -> None:
    tags = Tags(evil_page()).tags
    assert {tag for tag, _ in tags}.isdisjoint({"script", "img", "iframe", "link", "object"})
    for _, attributes in tags:
        assert not any(name.startswith("on") or name in ("src", "srcset") for name in attributes)
        assert (attributes.get("href") or "#").startswith("#")
    assert "url(" not in evil_page()
    policy = next(attributes["content"] for _, attributes in tags if attributes.get("http-equiv"))
    assert policy is not None
    assert policy.startswith("default-src 'none'")


def test_every_link_of_a_page_leads_somewhere_and_every_resource_has_one() -> None:
    tags = Tags(evil_page()).tags
    ids = [attributes["id"] for _, attributes in tags if "id" in attributes]
    links = {(attributes["href"] or "").removeprefix("#") for tag, attributes in tags if tag == "a"}
    assert len(ids) == len(set(ids))
    assert links == set(ids)


def test_forms_exclude_each_other() -> None:
    with pytest.raises(SandboxError, match="--svg and --json exclude each other"):
        command.graph(str(REPOSITORY), "dev", svg=True, as_json=True)
