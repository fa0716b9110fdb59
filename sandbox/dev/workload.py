"""The workloads that run the images which a stack builds."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sandbox.dev.context import IMAGE

KINDS = frozenset(f"kubernetes:apps/v1:{kind}" for kind in ("DaemonSet", "Deployment", "StatefulSet"))


@dataclass(frozen=True)
class Workload:
    """A controller of pods."""

    name: str
    namespace: str
    selector: Mapping[str, str]
    """Labels of its pods."""

    def selects(self, pod: Mapping[str, Any]) -> bool:
        """Whether the pod, of the same namespace, has all labels of the selector."""
        labels = pod["metadata"].get("labels") or {}
        return all(labels.get(key) == value for key, value in self.selector.items())


def workloads(resources: Iterable[Mapping[str, Any]]) -> list[Workload]:
    """Those whose pods may run an image of the same stack; a database with a public image is none of them.

    `resources` are a state's, each after what it depends on.
    """
    dependents: set[str] = set()
    selected: list[Workload] = []
    for entry in resources:
        if entry["type"] != IMAGE and dependents.isdisjoint(entry.get("dependencies") or ()):
            continue
        dependents.add(entry["urn"])
        if entry["type"] in KINDS:
            metadata, spec = entry["outputs"]["metadata"], entry["outputs"]["spec"]
            selected.append(Workload(metadata["name"], metadata["namespace"], spec["selector"]["matchLabels"]))
    return selected
