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
        *("upsertExistingObjects", "kubeClientSettings", "renderYamlToDirectory", "alwaysRender"),
        *("version", "pluginDownloadURL"),
    }
)

UNSUPPORTED = {
    "helmReleaseSettings": "Helm releases are made by the published provider plugin",
    "strictMode": "it is for the published provider plugin",
}

ENVIRONMENT = {
    "deleteUnreachable": "PULUMI_K8S_DELETE_UNREACHABLE",
    "skipUpdateUnreachable": "PULUMI_K8S_SKIP_UPDATE_UNREACHABLE",
    "enableServerSideApply": "PULUMI_K8S_ENABLE_SERVER_SIDE_APPLY",
    "enablePatchForce": "PULUMI_K8S_ENABLE_PATCH_FORCE",
    "upsertExistingObjects": "PULUMI_K8S_UPSERT_EXISTING_OBJECTS",
    "enableConfigMapMutable": "PULUMI_K8S_ENABLE_CONFIGMAP_MUTABLE",
    "enableSecretMutable": "PULUMI_K8S_ENABLE_SECRET_MUTABLE",
    "suppressDeprecationWarnings": "PULUMI_K8S_SUPPRESS_DEPRECATION_WARNINGS",
    "suppressHelmHookWarnings": "PULUMI_K8S_SUPPRESS_HELM_HOOK_WARNINGS",
}
"""Variables that stand in for settings that are left out, as in the published provider."""

NOT_RENDERED = ("kubeconfig", "context", "cluster")
"""Settings that mean a cluster, which rendering never contacts."""


@dataclass(frozen=True)
class Settings:
    """What steers the provider, whether or not a cluster can be reached."""

    namespace: str
    mutable: frozenset[str]
    patch_force: bool
    upsert: bool
    delete_unreachable: bool
    skip_unreachable: bool
    suppress_deprecations: bool
    suppress_hooks: bool
    rendered: Path | None
    """Directory for YAML files, when objects are rendered instead of applied."""
    always_render: bool

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> "Settings":
        """The settings in a provider's inputs; kinds in `mutable` have their content updated in place."""
        kinds = ("ConfigMap", "Secret")
        directory = values.get("renderYamlToDirectory")
        return cls(
            namespace=values.get("namespace") or "",
            mutable=frozenset(kind for kind in kinds if _flag(values, f"enable{kind}Mutable")),
            patch_force=_flag(values, "enablePatchForce"),
            upsert=_flag(values, "upsertExistingObjects"),
            delete_unreachable=_flag(values, "deleteUnreachable"),
            skip_unreachable=_flag(values, "skipUpdateUnreachable"),
            suppress_deprecations=_flag(values, "suppressDeprecationWarnings"),
            suppress_hooks=_flag(values, "suppressHelmHookWarnings"),
            rendered=Path(directory) if directory else None,
            always_render=_flag(values, "alwaysRender"),
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
    def namespace(self) -> str:
        """Where objects go that name none; empty when the context does not say."""
        return self._context.get("namespace") or ""

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
    if "timeout" in values.get("kubeClientSettings", ""):
        found["kubeClientSettings"] = (
            "kubeClientSettings.timeout is not supported here: requests have the resource's time. Remove it, and set "
            "the resource option custom_timeouts."
        )
    if os.environ.get("PULUMI_K8S_AWAIT_ALL") == "true":
        found[""] = "PULUMI_K8S_AWAIT_ALL is not supported here. Unset it, and use the annotation pulumi.com/waitFor."
    if values.get("renderYamlToDirectory"):
        for key in NOT_RENDERED:
            if values.get(key) and values[key] != os.environ.get("KUBECONFIG"):
                found[key] = f"{key} means a cluster, but renderYamlToDirectory contacts none. Remove one of the two."
        return found
    if _flag(values, "alwaysRender"):
        found["alwaysRender"] = "alwaysRender needs renderYamlToDirectory: nothing is rendered. Set it, or remove this."
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
    if old.get("renderYamlToDirectory") != new.get("renderYamlToDirectory"):
        return ["renderYamlToDirectory"]
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
    value = values.get(key)
    if value is None:
        value = os.environ.get(ENVIRONMENT.get(key, ""), default)
    return value is True or value == "true"
