"""The provider's own configuration: its keys, and the cluster a kubeconfig means."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from sandbox.errors import SandboxError
from sandbox.providers.values import UNKNOWN

SUPPORTED = frozenset(
    {
        *("kubeconfig", "context", "cluster", "namespace", "clusterIdentifier", "deleteUnreachable"),
        *("enableConfigMapMutable", "enableSecretMutable", "enablePatchForce", "enableServerSideApply"),
        *("skipUpdateUnreachable", "suppressDeprecationWarnings", "suppressHelmHookWarnings"),
        *("upsertExistingObjects", "kubeClientSettings", "version", "pluginDownloadURL"),
    }
)

UNSUPPORTED = {
    "alwaysRender": "objects are applied, not rendered",
    "renderYamlToDirectory": "objects are applied, not rendered",
    "helmReleaseSettings": "Helm releases are made by the published provider plugin",
}


@dataclass(frozen=True)
class Settings:
    """What steers the provider, whether or not a cluster can be reached."""

    namespace: str
    mutable: frozenset[str]
    patch_force: bool
    upsert: bool
    delete_unreachable: bool
    skip_unreachable: bool

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> "Settings":
        """The settings in a provider's inputs; kinds in `mutable` have their content updated in place."""
        kinds = ("ConfigMap", "Secret")
        return cls(
            namespace=values.get("namespace") or "",
            mutable=frozenset(kind for kind in kinds if _flag(values, f"enable{kind}Mutable")),
            patch_force=_flag(values, "enablePatchForce"),
            upsert=_flag(values, "upsertExistingObjects"),
            delete_unreachable=_flag(values, "deleteUnreachable"),
            skip_unreachable=_flag(values, "skipUpdateUnreachable"),
        )


@dataclass(frozen=True)
class Connection:
    """A kubeconfig document, its selected context, and the directory that its relative paths start from."""

    document: dict[str, Any]
    context: str
    directory: Path

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> "Connection":
        """The connection in a provider's inputs; without a kubeconfig, kubectl's own is taken.

        Raises SandboxError, which never quotes the kubeconfig.
        """
        if values.get("kubeconfig") == UNKNOWN:
            raise SandboxError("The kubeconfig is not known yet: it comes from a resource to be created.")
        document, directory = _kubeconfig(values.get("kubeconfig"))
        context = values.get("context") or document.get("current-context") or ""
        contexts = {entry.get("name"): entry for entry in document.get("contexts") or ()}
        if context not in contexts:
            raise SandboxError(
                f"The kubeconfig has no context {context!r}, so no cluster is known. "
                f"Set `context` to one of: {', '.join(sorted(map(str, contexts))) or 'none is there'}."
            )
        if cluster := values.get("cluster"):
            selected = {**contexts[context], "context": {**contexts[context]["context"], "cluster": cluster}}
            document = {**document, "contexts": [selected]}
        return cls(document, context, directory)

    @property
    def cluster(self) -> Any:
        """The entry of the cluster, to tell one cluster from another; None when there is none."""
        return _named(self.document.get("clusters"), self._context.get("cluster")).get("cluster")

    @property
    def _context(self) -> dict[str, Any]:
        return _named(self.document["contexts"], self.context).get("context") or {}


def problems(values: Mapping[str, Any]) -> dict[str, str]:
    """Key -> what is wrong with it, for a provider's inputs in plain JSON; empty when all is well."""
    found: dict[str, str] = {}
    for key, value in values.items():
        if key in UNSUPPORTED and value not in (False, "false", ""):
            found[key] = f"{key} is not supported here: {UNSUPPORTED[key]}. Remove it."
        elif key not in SUPPORTED and key not in UNSUPPORTED and not key.startswith("__"):
            known = ", ".join(sorted(SUPPORTED))
            found[key] = f"{key} is no setting of the Kubernetes provider. Remove it, or use one of {known}."
    if not _flag(values, "enableServerSideApply", default=True):
        found["enableServerSideApply"] = "Client-side apply is not supported here. Remove the setting."
    if values.get("kubeconfig", UNKNOWN) != UNKNOWN:
        try:
            Connection.of(values)
        except SandboxError as error:
            found["kubeconfig"] = str(error)
    return found


def replaced(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    """The keys whose change means another cluster, so that everything in it is made anew.

    The same `clusterIdentifier` on both sides means the same cluster, and another one another cluster;
    without it the kubeconfig's cluster entries are compared, as in the published provider.
    """
    before, after = old.get("clusterIdentifier"), new.get("clusterIdentifier")
    if before and after:
        return [] if before == after else ["clusterIdentifier"]
    changed = [key for key in ("kubeconfig", "context", "cluster") if old.get(key) != new.get(key)]
    if any(new.get(key) == UNKNOWN for key in changed):
        return changed
    try:
        return changed if Connection.of(old).cluster != Connection.of(new).cluster else []
    except SandboxError:
        return []


def _named(entries: Any, name: Any) -> dict[str, Any]:
    return next((entry for entry in entries or () if entry.get("name") == name), {})


def _kubeconfig(value: Any) -> tuple[dict[str, Any], Path]:
    """The document and the directory its relative paths start from."""
    if isinstance(value, Mapping):
        return dict(value), Path()
    text, directory, origin = value, Path(), "The kubeconfig"
    if not value or ("\n" not in value and not value.lstrip().startswith("{")):
        path = Path(value or os.environ.get("KUBECONFIG") or Path.home() / ".kube" / "config").expanduser()
        origin, directory = f"The kubeconfig {path}", path.parent
        try:
            text = path.read_text()
        except OSError as error:
            raise SandboxError(
                f"{origin} cannot be read ({error.strerror}), so no cluster is known. "
                "Set the provider's `kubeconfig` to its text or to the path of one."
            ) from None
    try:
        document = json.loads(text) if text.lstrip().startswith("{") else yaml.safe_load(text)
    except (yaml.YAMLError, json.JSONDecodeError):
        # The parser's own message would quote the text.
        document = None
    if not isinstance(document, dict):
        raise SandboxError(f"{origin} is neither YAML nor JSON, so no cluster is known. Correct it.")
    return document, directory


def _flag(values: Mapping[str, Any], key: str, *, default: bool = False) -> bool:
    value = values.get(key, default)
    return value is True or value == "true"
