"""Every stack of every project in this repository, recorded with a canary for each secret that its program needs."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from tests.unit.recording import CLOUD, REPOSITORY, Recording, read_yaml, record_program, record_stack

ANSWERING = {"status": {"loadBalancer": {"ingress": [{"ip": "203.0.113.30"}]}}}

BALANCED: Mapping[str, Mapping[str, Any]] = {
    **CLOUD,
    "kubernetes:core/v1:Service": ANSWERING,
    "kubernetes:networking.k8s.io/v1:Ingress": ANSWERING,
}
"""A cloud in which every load balancer has an address."""

DIRECTORIES = (REPOSITORY, *sorted(path.parent for path in REPOSITORY.glob("examples/*/Pulumi.yaml")))


@dataclass(frozen=True)
class Stack:
    """A stack file of a project."""

    directory: Path
    name: str

    def __str__(self) -> str:
        """Such as `gke-webapp-dev`."""
        return f"{_project(self.directory)['name']}-{self.name}"


STACKS = tuple(
    Stack(directory, path.suffixes[0].removeprefix("."))
    for directory in DIRECTORIES
    for path in sorted(directory.glob("Pulumi.*.yaml"))
)


def canaries(directory: Path) -> dict[str, str]:
    """A text for each secret that the project file declares, by full key."""
    project = _project(directory)
    secrets = [key for key, declared in project["config"].items() if declared.get("secret")]
    return {f"{project['name']}:{key}": f"canary of {key}, long enough to sign with" for key in secrets}


def record(stack: Stack, config: Mapping[str, Any] | None = None) -> Recording:
    """The stack's program, with `config` (full keys) over its stack file."""
    if stack.directory == REPOSITORY:
        return record_stack(stack.name, config)
    return record_program(stack.directory, stack.name, config, canaries(stack.directory), cloud=BALANCED)


recorded = cache(record)
"""The stack as its file states it, recorded once."""


def _project(directory: Path) -> dict[str, Any]:
    return read_yaml(directory / "Pulumi.yaml")
