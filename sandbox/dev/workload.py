"""What runs the images that a stack builds."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sandbox.dev.context import IMAGE

KINDS = frozenset(f"kubernetes:apps/v1:{kind}" for kind in ("DaemonSet", "Deployment", "StatefulSet"))


@dataclass(frozen=True)
class Workload:
    """A controller of pods; `selector` are their labels."""

    name: str
    namespace: str
    selector: Mapping[str, str]

    @property
    def labels(self) -> str:
        """The selector as the API server's queries have it."""
        return ",".join(f"{key}={value}" for key, value in self.selector.items())


def workloads(resources: Iterable[Mapping[str, Any]]) -> list[Workload]:
    """Those in the state whose pods may run an image of the same stack; databases from elsewhere are none."""
    built: set[str] = set()
    found: list[Workload] = []
    # A state has what is needed before what needs it.
    for entry in resources:
        if entry["type"] != IMAGE and built.isdisjoint(entry.get("dependencies") or ()):
            continue
        built.add(entry["urn"])
        if entry["type"] in KINDS:
            metadata, spec = entry["outputs"]["metadata"], entry["outputs"]["spec"]
            found.append(Workload(metadata["name"], metadata["namespace"], spec["selector"]["matchLabels"]))
    return found
