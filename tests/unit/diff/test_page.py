"""The page, in a real browser."""

from collections.abc import Generator
from pathlib import Path

import pytest

from sandbox.diff.document import Document, Finding
from sandbox.diff.page import html
from tests.unit.diff.browser import COMMAND, ENTER, TAB, Tab, browser
from tests.unit.diff.documents import change, document, node

pytestmark = pytest.mark.skipif(COMMAND is None, reason="needs chromium: apt-get install chromium")

EVIL = '<img src=x onerror="window.evil=1">"\'><script>window.evil=1</script><svg onload=window.evil=1>'


def evil_document() -> Document:
    """Two stacks full of hostile text."""
    changed = node("kubernetes:core/v1:ConfigMap", EVIL)
    lost = node("kubernetes:core/v1:Namespace", "lost")
    changes = [change(changed, "update", **{EVIL: (EVIL, {EVIL: [EVIL]})}), change(lost, "delete")]
    finding = Finding(level="blocked", risk="namespace", urn=lost.urn, message=EVIL)
    one, two = (document(changes, [finding], stack) for stack in (EVIL, "second"))
    return one.model_copy(update={"project": EVIL, "stacks": (*one.stacks, *two.stacks)})


@pytest.fixture(scope="module")
def running() -> Generator[Tab]:
    with browser() as tab:
        yield tab


@pytest.fixture
def tab(running: Tab, tmp_path: Path) -> Tab:
    page = tmp_path / "page.html"
    page.write_text(html(evil_document()))
    running.call("Emulation.setEmulatedMedia", features=[])
    running.open(page)
    return running


def shown(tab: Tab, selector: str) -> list[str]:
    """Ids of the matching elements that are on display."""
    return tab.ask(f"[...document.querySelectorAll('{selector}')].filter(e => e.checkVisibility()).map(e => e.id)")


def test_hostile_values_stay_text_and_nothing_is_loaded(tab: Tab) -> None:
    assert tab.ask("window.evil === undefined")
    assert tab.ask("document.querySelectorAll('script, img, iframe, link').length") == 0
    assert tab.ask("performance.getEntriesByType('resource').length") == 0
    assert tab.ask("document.title") == f"Infrastructure diff of {EVIL}"
    tab.ask("(s => { s.text = 'window.late = 1'; document.body.append(s) })(document.createElement('script'))")
    assert tab.ask("window.late === undefined"), "the page's policy forbids scripts"


def test_one_stack_is_shown_and_the_selector_shows_another(tab: Tab) -> None:
    assert shown(tab, ".stack") == ["stack-0"]
    tab.click("nav a[href='#stack-1']")
    assert shown(tab, ".stack") == ["stack-1"]
    tab.click("nav a[href='#stack-0']")
    assert shown(tab, ".stack") == ["stack-0"]


def test_a_click_on_a_resource_shows_its_changes(tab: Tab) -> None:
    assert shown(tab, "article") == []
    tab.click("a[href='#stack-0-resource-0'] .back")
    assert shown(tab, "article") == ["stack-0-resource-0"]
    assert shown(tab, ".stack") == ["stack-0"]
    assert "window.evil" in tab.ask("document.querySelector('article:target td.old').textContent")
    assert EVIL in tab.ask("document.querySelector('article:target h2').textContent")
    tab.click("article:target a")
    assert shown(tab, "article") == []


def test_everything_is_within_reach_of_the_keyboard(tab: Tab) -> None:
    seen: list[str] = []
    for _ in range(12):
        tab.press(TAB)
        seen.append(tab.ask("document.activeElement.getAttribute('href') || ''"))
        if seen[-1] == "#stack-0-resource-1":
            break
    assert seen[:2] == ["#stack-0", "#stack-1"]
    assert tab.ask("document.activeElement.getAttribute('aria-label')") == "kubernetes:core/v1:Namespace lost: delete"
    tab.press(ENTER)
    assert shown(tab, "article") == ["stack-0-resource-1"]


CONTRAST = """
(() => {
  const parse = text => text.match(/[\\d.]+/g).slice(0, 3).map(Number);
  const light = text => parse(text).map(v => v / 255)
    .map(v => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const ratio = (a, b) => (Math.max(light(a), light(b)) + 0.05) / (Math.min(light(a), light(b)) + 0.05);
  const style = (selector, property) => getComputedStyle(document.querySelector(selector))[property];
  const box = style('.graph .box', 'fill');
  return [
    ratio(style('body', 'color'), style('body', 'backgroundColor')),
    ratio(style('.quiet', 'color'), style('body', 'backgroundColor')),
    ratio(style('.beside', 'color'), style('.beside', 'backgroundColor')),
    ratio(style('.blocked', 'color'), style('.beside', 'backgroundColor')),
    ratio(style('.graph text', 'fill'), box),
    ratio(style('.graph .name', 'fill'), box),
    ratio(style('.graph .update .sign', 'fill'), box),
    ratio(style('.graph .delete .sign', 'fill'), box),
  ];
})()
"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_is_readable_by_day_and_by_night(tab: Tab, scheme: str) -> None:
    tab.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
    assert min(tab.ask(CONTRAST)) >= 4.5


def test_the_two_schemes_differ(tab: Tab) -> None:
    grounds: set[str] = set()
    for scheme in ("light", "dark"):
        tab.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
        grounds.add(tab.ask("getComputedStyle(document.body).backgroundColor"))
    assert len(grounds) == 2
