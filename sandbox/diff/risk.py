"""What a reviewer should see first: what must not happen without leave, and what is easily overlooked."""

import re
from collections.abc import Callable, Collection, Iterator, Mapping

from sandbox.diff.document import Finding
from sandbox.errors import SandboxError
from sandbox.graph import urn as urns
from sandbox.graph.change import Change, Property
from sandbox.graph.node import Graph, Node
from sandbox.graph.property import REDACTED, Value, contains

PRECIOUS: dict[str, str] = {
    "gcp:container/cluster:Cluster": "cluster",
    "gcp:container/nodePool:NodePool": "node-pool",
    "gcp:compute/address:Address": "address",
    "gcp:compute/globalAddress:GlobalAddress": "address",
    "gcp:compute/managedSslCertificate:ManagedSslCertificate": "certificate",
    "gcp:compute/disk:Disk": "volume",
    "kubernetes:ManagedCertificate": "certificate",
    "kubernetes:Namespace": "namespace",
    "kubernetes:PersistentVolume": "volume",
    "kubernetes:PersistentVolumeClaim": "volume",
}
"""Class of the risk of losing one, by type; for Kubernetes by kind, whatever its version."""

CONSEQUENCES = {
    "cluster": "Everything that runs on it is gone until it is there again.",
    "node-pool": "Its pods stop; where no other pool takes them, the app is down.",
    "address": "It is given back, and DNS leads to an address that may be someone else's.",
    "certificate": "HTTPS fails for its domains until Google has issued the new one, half an hour or more.",
    "namespace": "Everything in it is deleted first.",
    "volume": "Its data is lost.",
    "protected": "It was protected for a reason: take the protection off in a change of its own.",
}
"""What it means when one of a class is deleted or replaced."""

ALL = "all"
"""Stands for every class of risk, and for every stack."""

EXPOSURE = {
    *("gcp:compute/firewall:Firewall", "gcp:dns/recordSet:RecordSet"),
    *("gcp:compute/securityPolicy:SecurityPolicy", "gcp:compute/sSLPolicy:SSLPolicy"),
    *("kubernetes:Ingress", "kubernetes:NetworkPolicy", "kubernetes:FrontendConfig"),
    *("kubernetes:Role", "kubernetes:RoleBinding", "kubernetes:ClusterRole", "kubernetes:ClusterRoleBinding"),
}
"""Types that decide who reaches what."""

EXPOSING_PATHS = ("masterAuthorizedNetworksConfig", "privateClusterConfig", "controlPlaneEndpointsConfig")
REPLICA_PATHS = re.compile(
    r"spec\.(replicas|minReplicas|maxReplicas)|nodeCount|initialNodeCount|autoscaling\.\w+NodeCount"
)


def require_known(allowed: Collection[str]) -> None:
    """Raise SandboxError for leave that would allow nothing."""
    for given in allowed:
        if given != ALL and given not in CONSEQUENCES and not given.startswith("urn:"):
            raise SandboxError(
                f"--allow {given} names neither a class of risk nor a URN, so it would allow nothing, and nothing was "
                f"compared. Classes: {', '.join(CONSEQUENCES)}, or {ALL}."
            )


def findings(
    changes: Collection[Change], before: Graph | None, after: Graph, allowed: Collection[str]
) -> tuple[Finding, ...]:
    """Blocked ones first. `allowed` are classes and URNs that may be lost."""
    old = {node.urn: node for node in before.nodes} if before else {}
    new = {node.urn: node for node in after.nodes}
    blocked = [finding for change in changes for finding in _losses(change, old.get(change.was or change.urn), allowed)]
    notices = [
        Finding(level="notice", risk=risk, urn=change.urn, message=message)
        for change in changes
        for risk, notice in NOTICES.items()
        if (message := notice(change, old.get(change.was or change.urn), new.get(change.urn)))
    ]
    return (*blocked, *notices)


def _losses(change: Change, old: Node | None, allowed: Collection[str]) -> Iterator[Finding]:
    if change.op not in ("replace", "delete"):
        return
    done = "replaced" if change.op == "replace" else "deleted"
    classes = [PRECIOUS.get(_key(change.type), "")]
    if old is not None and (old.protected or old.inputs.get("deletionProtection") is True):
        classes.append("protected")
    for risk in filter(None, classes):
        yield Finding(
            level="blocked",
            risk=risk,
            urn=change.urn,
            message=f"It would be {done}. {CONSEQUENCES[risk]}",
            allowed=not {risk, change.urn, ALL}.isdisjoint(allowed),
        )


def _key(type_: str) -> str:
    return f"kubernetes:{type_.rpartition(':')[2]}" if urns.package(type_) == "kubernetes" else type_


def _image(change: Change, _old: Node | None, _new: Node | None) -> str:
    if change.type == "docker:index/image:Image" and change.op == "update":
        return "The image is built anew: its content or its build changed."
    digest = [item for item in change.properties if item.path.endswith(".image")]
    return "Its pods run another image." if digest else ""


def _replicas(change: Change, _old: Node | None, _new: Node | None) -> str:
    hits = [item for item in change.properties if REPLICA_PATHS.fullmatch(item.path)]
    return "; ".join(f"{item.path}: {_plain(item.old)} → {_plain(item.new)}" for item in hits)


def _plain(value: Value) -> str:
    return "none" if value is None else str(value)


def _secret(change: Change, _old: Node | None, new: Node | None) -> str:
    if urns.is_provider(change.type):
        return ""
    paths = [item.path for item in change.properties if _holds_secret(item)]
    if paths:
        return f"A secret value changes: {', '.join(paths)}."
    created = change.op == "create" and new is not None and contains(new.inputs, lambda part: part == REDACTED)
    return "It holds a secret value." if created else ""


def _holds_secret(item: Property) -> bool:
    return any(contains(side, lambda part: part == REDACTED) for side in (item.old, item.new))


def _exposure(change: Change, old: Node | None, new: Node | None) -> str:
    if change.op == "replace" and not any(item.replaces for item in change.properties):
        # It comes back as it was, along with what it needs.
        return ""
    public = change.type.endswith(":Service") and any(
        (node.inputs.get("spec") or {}).get("type") == "LoadBalancer" for node in (old, new) if node
    )
    rights = "iam" in change.type.lower() or _key(change.type) in EXPOSURE
    if public or rights or any(item.path.startswith(EXPOSING_PATHS) for item in change.properties):
        return f"Who reaches what, or may do what, changes ({change.op})."
    return ""


NOTICES: Mapping[str, Callable[[Change, Node | None, Node | None], str]] = {
    "image": _image,
    "replicas": _replicas,
    "secret": _secret,
    "exposure": _exposure,
}
"""By class: what there is to say of a change; empty when nothing."""
