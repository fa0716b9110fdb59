"""README's tables say what there is."""

import re

from sandbox.project import EXAMPLES
from tests.unit.pages import REPOSITORY, files

README = (REPOSITORY / "README.md").read_text()
ROWS = [line.strip("| ").split(" | ") for line in README.splitlines() if line.startswith("| ")]


def test_every_target_of_make_that_is_named_is_explained_by_make_help() -> None:
    makefile = (REPOSITORY / "Makefile").read_text()
    targets = set(re.findall(r"\bmake ([a-z0-9]+)", README))
    assert len(targets) > 5
    assert {each for each in targets if not re.search(rf"^{each}:.*## \S", makefile, re.MULTILINE)} == set()


def test_every_system_is_in_the_table() -> None:
    systems = {path.parent.name for path in EXAMPLES.glob("*/Pulumi.yaml")}
    assert set(re.findall(r"`make up SYSTEM=(.+)` \|$", README, re.MULTILINE)) == systems


def test_every_room_is_in_the_table() -> None:
    rooms = {row[0].strip("`/") for row in ROWS if row[0].endswith(("/`", ".py`"))}
    there = {name.split("/")[0] for name in files() if "/" in name or name.endswith(".py")}
    assert rooms == {name for name in there if not name.startswith(".")}
