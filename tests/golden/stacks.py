"""Every stack whose graph is held by a golden file, and the variants of each project's main stack."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from tests.unit.projects import BALANCED, STACKS, Stack, canaries
from tests.unit.recording import CANARY, PROJECT, REPOSITORY, Recording, read_yaml, record_program
from tests.unit.test_bootstrap import CLOUD as FEDERATION

GOLDEN = Path(__file__).parent
BOOTSTRAP = Stack(REPOSITORY / "bootstrap", "main")
EVERY_STACK = (*STACKS, BOOTSTRAP)

CLOUD: Mapping[str, Mapping[str, Any]] = {
    **BALANCED,
    **FEDERATION,
    "gcp:serviceaccount/account:Account": {
        "name": "projects/example-project/serviceAccounts/account@example.com",
        "email": "account@example.com",
        "member": "serviceAccount:account@example.com",
    },
}
"""What Google and Kubernetes add to a resource's inputs, by type."""


@dataclass(frozen=True)
class Variant:
    """A file with what it changes in the stack file of its project's main stack: a JSON merge patch (RFC 7396)."""

    path: Path

    def __str__(self) -> str:
        """Such as `gke-webapp/gateway`."""
        return f"{self.project}/{self.path.stem}"

    @property
    def project(self) -> str:
        return self.path.parent.name

    @property
    def stack(self) -> Stack:
        """The one that it varies."""
        (found,) = [each for each in EVERY_STACK if str(each) in (f"{self.project}-dev", f"{self.project}-main")]
        return found

    @property
    def config(self) -> Mapping[str, Any]:
        """Its stack file, whole, without the defaults of the project file."""
        return merged(stated(self.stack), read_yaml(self.path)["config"])

    @property
    def golden(self) -> Path:
        return self.path.with_suffix(".graph.yaml")


VARIANTS = tuple(
    Variant(path) for path in sorted(GOLDEN.glob("variants/*/*.yaml")) if not path.name.endswith(".graph.yaml")
)


def stated(stack: Stack) -> Mapping[str, Any]:
    """The `config` of a stack file."""
    return read_yaml(stack.directory / f"Pulumi.{stack.name}.yaml")["config"]


@cache
def recorded(graph: Stack | Variant) -> Recording:
    """The program of a stack, or of a variant of one, run to its end."""
    stack, config = (graph.stack, graph.config) if isinstance(graph, Variant) else (graph, stated(graph))
    return record_program(stack.directory, stack.name, config, secrets(graph), cloud=CLOUD)


def secrets(graph: Stack | Variant) -> Mapping[str, str]:
    """What a user has to set before the program runs, by key. Images of Artifact Registry need no token."""
    if isinstance(graph, Variant):
        return {} if "docker.pkg.dev" in str(graph.config) else secrets(graph.stack)
    if graph.directory == REPOSITORY:
        return {f"{PROJECT}:registryToken": CANARY}
    return {} if graph == BOOTSTRAP else canaries(graph.directory)


def merged(base: Any, patch: Any) -> Any:
    """`base` after a JSON merge patch: null removes a key, mappings are merged, all else replaces."""
    if not isinstance(patch, dict):
        return patch
    kept = dict(base) if isinstance(base, dict) else {}
    for key, value in patch.items():
        if value is None:
            kept.pop(key, None)
        else:
            kept[key] = merged(kept.get(key), value)
    return kept
