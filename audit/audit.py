"""Telling what is left of a stack from what belongs to others."""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from enum import StrEnum

from audit.inventory import Found, Inventory
from audit.kind import KINDS, LOCATED_GLOBALLY, Kind


class Owner(StrEnum):
    """Whose a resource is."""

    stack = "stack"
    """It names the stack, or a cluster made it and there is none left that could need it."""
    unsure = "unsure"
    """A cluster made it, and there is one that may need it."""


OWNED = re.compile(
    r'"(namespace|[^"]*/(ingress-name|service-name|namespace)|k8sCluster|k8sResource|goog-k8s-cluster-name)": ?"[^"]'
)
"""How a description or a label names an object or a cluster. (kubernetes/ingress-gce: pkg/utils, and GKE's labels)"""


@dataclass(frozen=True)
class Leftover:
    """A resource that outlived its stack, and the command that removes it."""

    kind: str
    name: str
    location: str
    owner: Owner
    informational: bool
    command: str

    @property
    def counts(self) -> bool:
        """Whether the stack is not gone while this is there."""
        return self.owner is Owner.stack and not self.informational


def audit(inventory: Inventory, stack: str) -> list[Leftover]:
    """What is left of the stack whose resources are named `stack`, in the order in which it can be removed.

    Raises AuditError when the project cannot be read.
    """
    others = {cluster.name for cluster in inventory.list("clusters")} - {stack}
    return [
        Leftover(
            kind.title, found.name, found.location, owner, kind.informational, _command(kind, found, inventory.project)
        )
        for kind in KINDS
        for found, owner in _left(inventory, kind, stack, others)
    ]


def _left(inventory: Inventory, kind: Kind, stack: str, others: Collection[str]) -> Iterator[tuple[Found, Owner]]:
    for found in sorted(inventory.list(kind.collection), key=lambda found: (found.location, found.name)):
        made = re.match(kind.made, found.name) is not None
        own = found.name == stack or (made and (not others or _made_for(stack, found)))
        if own or kind.informational:
            yield found, Owner.stack
        elif made and not _owned(others, found):
            yield found, Owner.unsure


def _made_for(stack: str, found: Found) -> bool:
    """Whether what a cluster made names the cluster or the namespace of the stack: the whole name, not its start."""
    return stack in re.split(r"[^a-z0-9-]+", found.said) or _of_cluster(stack, found)


def _owned(clusters: Collection[str], found: Found) -> bool:
    """Whether it says whose it is, or is named after one of the clusters."""
    return OWNED.search(found.said) is not None or any(_of_cluster(cluster, found) for cluster in clusters)


def _of_cluster(cluster: str, found: Found) -> bool:
    return re.match(rf"gk[e3]-{re.escape(cluster)}-[0-9a-f]{{8}}-", found.name) is not None


def _command(kind: Kind, found: Found, project: str) -> str:
    """The gcloud command that removes it, without asking."""
    return f"gcloud {kind.group} delete {found.name}{_place(kind, found.location)} --project={project} --quiet"


def _place(kind: Kind, location: str) -> str:
    if kind.collection in LOCATED_GLOBALLY:
        return ""
    if kind.collection in ("clusters", "repositories"):
        return f" --location={location}"
    if location == "global":
        return " --global"
    zonal = re.search(r"-[a-z]$", location)
    return f" --zone={location}" if zonal else f" --region={location}"
