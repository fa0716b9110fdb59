"""A home and a project of their own."""

from pathlib import Path

import pytest

from sandbox.home import Home
from sandbox.project import Project


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home", tmp_path / "cache")


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """Two stacks, defaults in the project file, and an overlay that fills in a registry."""
    files = {
        "Pulumi.yaml": "name: shop\nruntime: python\nconfig:\n"
        "  colour: {default: red}\n  size: {type: integer}\n  pulumi:disable-default-providers: {value: ['*']}\n",
        "Pulumi.dev.yaml": "encryptionsalt: v1:salt\nconfig:\n  shop:size: 3\n  shop:open: true\n"
        "  shop:image: {repository: ghcr.io/example/shop, cached: true}\n  shop:token: {secure: v1:abc}\n",
        "Pulumi.prod.yaml": "config: {}\n",
        "sandbox.yaml": "config:\n  shop:image: {repository: '${registry.address}/shop'}\n"
        "  shop:password: {secret: '${registry.token}'}\n",
    }
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    return Project(tmp_path)
