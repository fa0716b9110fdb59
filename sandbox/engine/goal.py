"""What the program asks for, one registration at a time."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sandbox.engine import assets, path
from sandbox.engine import urn as urns
from sandbox.engine.property import Properties, from_struct
from sandbox.engine.registry import INTERNAL
from sandbox.errors import SandboxError


@dataclass(frozen=True)
class Alias:
    """Another URN the resource may have in the state: whole, or the parts in which it differs."""

    urn: str = ""
    name: str = ""
    type: str = ""
    stack: str = ""
    project: str = ""
    parent: str = ""
    no_parent: bool = False


@dataclass(frozen=True, kw_only=True)
class Goal:
    """A resource as the program wants it."""

    type: str
    name: str
    custom: bool
    parent: str = ""
    inputs: Properties = field(default_factory=dict)
    protect: bool | None = None
    dependencies: tuple[str, ...] = ()
    property_dependencies: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    provider: str = ""
    """Reference to an explicit provider; empty for the default one."""
    version: str = ""
    plugin_download_url: str = ""
    delete_before_replace: bool | None = None
    """None: the provider decides."""
    ignore_changes: tuple[str, ...] = ()
    replace_on_changes: tuple[str, ...] = ()
    additional_secret_outputs: tuple[str, ...] = ()
    aliases: tuple[Alias, ...] = ()
    custom_timeouts: Mapping[str, float] = field(default_factory=dict)
    retain_on_delete: bool | None = None

    @property
    def package(self) -> str:
        return urns.package(self.type)

    def needs(self) -> set[str]:
        """URNs of what must have succeeded before it."""
        properties = {urn for on in self.property_dependencies.values() for urn in on}
        return {self.parent, *self.dependencies, *properties, urns.provider_urn(self.provider)} - {""}


UNSUPPORTED = {
    "importId": "import_",
    "deletedWith": "deleted_with",
    "replace_with": "replace_with",
    "replacement_trigger": "replacement_trigger",
    "transforms": "transforms",
    "state_migrations": "state migrations",
    "hideDiffs": "hide_diffs",
    "envVarMappings": "env_var_mappings",
    "packageRef": "parameterized packages",
    "pluginChecksums": "plugin checksums",
}
"""Fields of a registration that this engine does not implement, and what a program calls them."""


def goal(request: Any) -> Goal:
    """The goal of a RegisterResourceRequest. Raises SandboxError for an option that is not implemented."""
    fields = {descriptor.name for descriptor, _ in request.ListFields()}
    refused = [option for name, option in UNSUPPORTED.items() if name in fields]
    if request.HasField("hooks") and request.hooks.ListFields():
        refused.append("hooks")
    if request.remote:
        refused.append("components of a provider plugin")
    if request.type.startswith("pulumi:pulumi:") and request.type != urns.STACK:
        refused.append(f"resources of type {request.type}")
    if refused:
        raise SandboxError(
            f"{request.name}: the sandbox's engine does not implement {', '.join(refused)}. The resource was not "
            "touched. Leave it out, or use the Pulumi CLI: `--engine pulumi`."
        )
    dependencies = tuple(sorted(request.dependencies))
    inputs = assets.hashed(from_struct(request.object))
    named = {key: tuple(sorted(on.urns)) for key, on in sorted(request.propertyDependencies.items())}
    if urns.is_provider(request.type):
        inputs = provider_inputs(inputs, request.version, request.pluginDownloadURL)
    decided = request.deleteBeforeReplaceDefined or request.deleteBeforeReplace
    return Goal(
        type=request.type,
        name=request.name,
        custom=request.custom,
        parent=request.parent,
        inputs=inputs,
        protect=request.protect if request.HasField("protect") else None,
        dependencies=dependencies,
        property_dependencies=named or (dict.fromkeys(inputs, dependencies) if dependencies else {}),
        provider=request.provider,
        version=request.version,
        plugin_download_url=request.pluginDownloadURL,
        delete_before_replace=request.deleteBeforeReplace if decided else None,
        ignore_changes=_patterns(request.ignoreChanges, "ignore_changes", request.name),
        replace_on_changes=_patterns(request.replaceOnChanges, "replace_on_changes", request.name),
        additional_secret_outputs=tuple(request.additionalSecretOutputs),
        aliases=tuple(map(_alias, request.aliases)),
        custom_timeouts=_timeouts(request.customTimeouts, request.name),
        retain_on_delete=request.retainOnDelete if request.HasField("retainOnDelete") else None,
    )


def provider_inputs(inputs: Properties, version: str, download_url: str) -> Properties:
    """A provider resource's inputs with the plugin that serves it, as the real engine records them."""
    if not version and not download_url:
        return inputs
    internal = {"pluginDownloadURL": download_url} if download_url else {}
    return {**inputs, INTERNAL: internal, **({"version": version} if version else {})}


def _alias(alias: Any) -> Alias:
    if alias.WhichOneof("alias") == "urn":
        return Alias(urn=alias.urn)
    spec = alias.spec
    return Alias("", spec.name, spec.type, spec.stack, spec.project, spec.parentUrn, spec.noParent)


def alias_urns(wanted: Goal, stack: str, project: str, renamed: Mapping[str, str]) -> list[str]:
    """The URNs under which the state may hold the resource; `renamed`: new URN -> old URN of its ancestors.

    A child follows its renamed parent, its own name too where that starts with the parent's.
    (pulumi/pulumi: generateAliases in pkg/resource/deploy/step_generator.go)
    """
    found = [_spelled(alias, wanted, stack, project, renamed) for alias in wanted.aliases]
    if old_parent := renamed.get(wanted.parent):
        mine = urns.make(stack, project, wanted.parent, wanted.type, wanted.name)
        found += [_inherited(urn, wanted.parent, old_parent, stack, project) for urn in (mine, *found)]
    return list(dict.fromkeys(found))


def _spelled(alias: Alias, wanted: Goal, stack: str, project: str, renamed: Mapping[str, str]) -> str:
    if alias.urn:
        return alias.urn
    parent = renamed.get(alias.parent, alias.parent) or wanted.parent
    return urns.make(
        alias.stack or stack,
        alias.project or project,
        "" if alias.no_parent else parent,
        alias.type or wanted.type,
        alias.name or wanted.name,
    )


def _inherited(urn: str, parent: str, old_parent: str, stack: str, project: str) -> str:
    name, above = urns.name_of(urn), urns.name_of(parent)
    if name.startswith(above):
        name = urns.name_of(old_parent) + name.removeprefix(above)
    return urns.make(stack, project, old_parent, urns.type_of(urn), name)


def _patterns(texts: Any, option: str, name: str) -> tuple[str, ...]:
    for text in texts:
        try:
            path.parse(text)
        except ValueError as error:
            raise SandboxError(f"{name}: {option}: {error}. The resource was not touched. Correct the path.") from None
    return tuple(texts)


_UNITS = {"ns": 1e-9, "us": 1e-6, "µs": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0}
_DURATION = re.compile(r"(\d+(?:\.\d*)?|\.\d+)(ns|us|µs|ms|s|m|h)")


def _timeouts(timeouts: Any, name: str) -> dict[str, float]:
    """Go durations such as `1h30m`, in seconds."""
    seconds: dict[str, float] = {}
    for descriptor, text in timeouts.ListFields():
        parts = _DURATION.findall(text)
        if "".join(number + unit for number, unit in parts) != text:
            raise SandboxError(
                f"{name}: custom_timeouts: {descriptor.name} is {text!r}, which is no duration. The resource was not "
                "touched. Write it like 90s, 10m or 1h30m."
            )
        seconds[descriptor.name] = sum(float(number) * _UNITS[unit] for number, unit in parts)
    return seconds
