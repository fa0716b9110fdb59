"""What the package offers, as other languages read it: `python -m package.schema` writes it again."""

import json
from pathlib import Path
from typing import Any

import pulumi

from package.cluster import Cluster
from package.plugin import Plugin
from package.web_service import WebService

NAME = "gke-webapp"
VERSION = "0.1.0"
COMPONENTS: list[type[pulumi.ComponentResource]] = [Cluster, WebService]
FILE = Path(__file__).with_name("schema.json")


def plugin() -> Plugin:
    """The package as an engine is served with it; its schema comes from annotations and docstrings."""
    return Plugin(COMPONENTS, NAME, version=VERSION)


def schema() -> dict[str, Any]:
    """The package's schema."""
    text = plugin().schema
    assert text
    return json.loads(text)


if __name__ == "__main__":
    FILE.write_text(json.dumps(schema(), indent=2) + "\n")
