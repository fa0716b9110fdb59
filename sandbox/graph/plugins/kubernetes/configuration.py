"""The provider's own configuration. (pulumi/pulumi-kubernetes: DiffConfig and Configure in provider.go)"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from sandbox.providers.values import UNKNOWN

CLUSTER_KEYS = ("kubeconfig", "context", "cluster")
"""Settings that decide which cluster is meant."""


@dataclass(frozen=True)
class Settings:
    """What steers the provider without a cluster."""

    namespace: str
    """Where objects go that name none."""
    mutable: frozenset[str]
    """Kinds whose content is updated in place."""
    server_side_apply: bool

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> "Settings":
        kinds = ("ConfigMap", "Secret")
        context = _context(_document(values), values)
        return cls(
            namespace=values.get("namespace") or context.get("namespace") or "default",
            mutable=frozenset(kind for kind in kinds if _flag(values, f"enable{kind}Mutable")),
            server_side_apply=_flag(values, "enableServerSideApply", default=True),
        )


def replacing_keys(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    """The keys whose change means another cluster, in which everything is made anew."""
    before, after = old.get("clusterIdentifier"), new.get("clusterIdentifier")
    if before and before == after:
        return []
    replacing = ["clusterIdentifier"] if before and after else []
    if unknown := next((key for key in CLUSTER_KEYS if new.get(key) == UNKNOWN), None):
        return [*replacing, unknown]
    changed = [key for key in {**old, **new} if old.get(key) != new.get(key)]
    replacing += [key for key in changed if key == "renderYamlToDirectory"]
    active = [_active_cluster(values) for values in (old, new)]
    if None not in active and active[0] != active[1]:
        replacing += [key for key in CLUSTER_KEYS if key in changed]
    return replacing


def _active_cluster(values: Mapping[str, Any]) -> Any:
    """The entry of the cluster that a kubeconfig's context means; None where there is none."""
    document = _document(values)
    name = values.get("cluster") or _context(document, values).get("cluster")
    return _named(document.get("clusters"), name).get("cluster")


def _context(document: Mapping[str, Any], values: Mapping[str, Any]) -> Mapping[str, Any]:
    name = values.get("context") or document.get("current-context")
    return _named(document.get("contexts"), name).get("context") or {}


def _document(values: Mapping[str, Any]) -> Mapping[str, Any]:
    """The kubeconfig; empty where it is not known, or only named by the path of a file, which is of some machine."""
    given = values.get("kubeconfig")
    if isinstance(given, Mapping):
        return given
    text = str(given or "")
    try:
        document = json.loads(text) if text.lstrip().startswith("{") else yaml.safe_load(text)
    except (ValueError, yaml.YAMLError):
        return {}
    return document if isinstance(document, Mapping) else {}


def _named(entries: Any, name: Any) -> Mapping[str, Any]:
    return next((entry for entry in entries or () if isinstance(entry, Mapping) and entry.get("name") == name), {})


def _flag(values: Mapping[str, Any], key: str, *, default: bool = False) -> bool:
    return values.get(key, default) in (True, "true")
