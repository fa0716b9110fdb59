"""Every Kubernetes object of every stack, as a YAML file."""

from pathlib import Path

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
                (directory / f"{name}.yaml").write_text(yaml.safe_dump(each.inputs))
