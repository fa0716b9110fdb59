"""Every Kubernetes object of every stack, as YAML files."""

import json
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from sandbox.graph.isolation import Request, evaluated
from sandbox.graph.node import Node
from sandbox.graph.stand_in import COMPUTED
from sandbox.project import Project
from sandbox.providers.kubernetes import rendering
from sandbox.providers.kubernetes.kinds import Object

REPOSITORY = Path(__file__).parents[2]

IMAGE = f"registry.example.com/app@sha256:{'0' * 64}"
"""Stands where only a cloud or a build knows the value: almost always, the digest of an image."""


@dataclass(frozen=True)
class Stack:
    """A stack file, and what its objects are called in exceptions: `gke-webapp-dev`."""

    directory: Path
    name: str

    @property
    def title(self) -> str:
        return f"{Project(self.directory).name}-{self.name}"


def stacks() -> list[Stack]:
    """Those of the web app and of every example."""
    directories = [REPOSITORY, *sorted(path.parent for path in REPOSITORY.glob("examples/*/Pulumi.yaml"))]
    return [Stack(directory, name) for directory in directories for name in Project(directory).stacks]


def render(wanted: Collection[Stack], target: Path) -> None:
    """Write each stack's objects into a directory with its title. Raises SandboxError for one that fails."""
    results = evaluated([Request(stack.name, after=stack.directory) for stack in wanted])
    for stack, result in zip(wanted, results, strict=True):
        assert result.after is not None
        for node in result.after.nodes:
            if _is_object(node):
                text = json.dumps(node.inputs).replace(COMPUTED, IMAGE).replace("[unknown]", IMAGE)
                rendering.render(_shaped(json.loads(text)), target / stack.title)


def _is_object(node: Node) -> bool:
    return node.managed and node.package == "kubernetes" and node.kind != "Provider"


def _shaped(thing: Object) -> Object:
    """The object with no data where an evaluation tells nothing: it is secret as a whole."""
    return {**thing, "data": {}} if isinstance(thing.get("data"), str) else thing
