"""Every Kubernetes object of every stack, as a YAML file."""

from pathlib import Path
from typing import Any

import yaml

from tests.unit.projects import STACKS, recorded


def render(target: Path) -> None:
    """Write the objects of each stack into a directory with its title, such as `gke-webapp-dev`."""
    for stack in STACKS:
        directory = target / str(stack)
        directory.mkdir()
        for each in recorded(stack).custom:
            if each.type.startswith("kubernetes:"):
                metadata = each.inputs["metadata"]
                name = "-".join([each.inputs["kind"], metadata.get("namespace", ""), metadata["name"]]).lower()
                (directory / f"{name}.yaml").write_text(yaml.safe_dump(_without_nulls(each.inputs)))


def _without_nulls(value: Any) -> Any:
    """As the API server takes it, which drops a null where the schema has none."""
    if isinstance(value, dict):
        return {key: _without_nulls(each) for key, each in value.items() if each is not None}
    return [_without_nulls(each) for each in value] if isinstance(value, list) else value
