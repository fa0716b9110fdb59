"""An image is promoted from a stack that is there, and that gets it from one that builds."""

from pathlib import Path

import pytest

from settings.promotion import refused


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "Pulumi.yaml").write_text("name: shop\nruntime: python\n")
    sources = {"dev": "", "staging": "dev", "prod": "staging", "a": "b", "b": "a"}
    for stack, source in sources.items():
        image = f"{{repository: ghcr.io/a/b, promotedFrom: {source}}}" if source else "{repository: ghcr.io/a/b}"
        (tmp_path / f"Pulumi.{stack}.yaml").write_text(f"config: {{shop:image: {image}}}\n")
    return tmp_path


@pytest.mark.parametrize(
    ("stack", "source", "words"),
    [
        ("prod", "stagin", "There is no stack stagin"),
        ("prod", "prod", "promoted from itself"),
        ("a", "b", "leads from a to b and back to a"),
        ("prod", "a", "none of them builds an image"),
    ],
)
def test_a_promotion_without_an_image_is_refused(project: Path, stack: str, source: str, words: str) -> None:
    error = refused(project, "shop", stack, source)
    assert error is not None
    assert words in error.consequence


def test_what_can_be_written_is_named(project: Path) -> None:
    error = refused(project, "shop", "prod", "stagin")
    assert error is not None
    assert error.remedy == "Write one of a, b, dev, staging, or remove it."


def test_a_chain_that_ends_at_a_stack_that_builds_is_accepted(project: Path) -> None:
    assert refused(project, "shop", "prod", "staging") is None


def test_the_files_of_another_project_say_nothing(project: Path) -> None:
    assert refused(project, "other", "prod", "stagin") is None
