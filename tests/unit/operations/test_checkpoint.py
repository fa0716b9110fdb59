from pathlib import Path

import pytest

from operations.checkpoint import cut_off_attributes


@pytest.fixture
def attributes(tmp_path: Path) -> Path:
    path = tmp_path / ".pulumi" / "stacks" / "web" / "dev.json.attrs"
    path.parent.mkdir(parents=True)
    return path


@pytest.mark.parametrize("content", ["", '{"user.content_type": "appl'])
def test_attributes_that_a_kill_cut_off_are_named(attributes: Path, tmp_path: Path, content: str) -> None:
    attributes.write_text(content)
    assert cut_off_attributes(f"file://{tmp_path}", "web", "dev") == attributes


def test_whole_attributes_and_absent_ones_are_left_alone(attributes: Path, tmp_path: Path) -> None:
    assert cut_off_attributes(f"file://{tmp_path}", "web", "dev") is None
    attributes.write_text("{}")
    assert cut_off_attributes(f"file://{tmp_path}", "web", "dev") is None
