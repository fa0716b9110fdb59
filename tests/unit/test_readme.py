"""What README tells people to type exists."""

import re
import subprocess
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[2]
README = (REPOSITORY / "README.md").read_text()
MAKEFILE = (REPOSITORY / "Makefile").read_text()


@pytest.mark.parametrize("target", sorted(set(re.findall(r"\bmake ([a-z0-9]+)", README))))
def test_every_target_of_the_readme_is_in_the_makefile_with_an_explanation(target: str) -> None:
    assert re.search(rf"^{target}:.*## \S", MAKEFILE, re.MULTILINE)
    subprocess.run(["make", "--dry-run", target], cwd=REPOSITORY, capture_output=True, check=True)


def test_every_room_of_the_readme_exists() -> None:
    rooms = re.findall(r"^\| `([^`]+)` \|", README, re.MULTILINE)
    assert len(rooms) > 5
    assert [room for room in rooms if not (REPOSITORY / room).exists()] == []


def test_every_file_that_documentation_links_to_exists() -> None:
    pages = [REPOSITORY / "README.md", *REPOSITORY.glob("docs/**/*.md")]
    links = [(page, link) for page in pages for link in re.findall(r"\]\(([^)#:]+)\)", page.read_text())]
    assert [f"{page.name}: {link}" for page, link in links if not (page.parent / link).exists()] == []
