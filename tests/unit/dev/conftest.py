"""A project with two images: one Dockerfile, two contexts."""

from pathlib import Path

import pytest

DOCKERFILE = "apps/Dockerfile"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for name in ("cart", "till"):
        directory = tmp_path / "apps" / name
        directory.mkdir(parents=True)
        (directory / "service.py").write_text(f"name = '{name}'\n")
    (tmp_path / DOCKERFILE).write_text("FROM scratch\nCOPY * ./\n")
    (tmp_path / f"{DOCKERFILE}.dockerignore").write_text("*\n!*.py\n")
    return tmp_path
