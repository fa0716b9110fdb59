"""What the program asks for, one registration at a time."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sandbox.engine import assets, path
from sandbox.engine import urn as urns
from sandbox.engine.alias import Alias, alias
from sandbox.engine.property import Properties, Value, from_struct, from_value
from sandbox.engine.registry import INTERNAL
from sandbox.engine.resource import Resource
from sandbox.errors import SandboxError


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
    import_id: str = ""
    """What to adopt instead of creating it."""
    deleted_with: str = ""
    """URN of a resource whose deletion deletes this one."""
    replace_with: tuple[str, ...] = ()
    """URNs of resources whose replacement replaces this one."""
    replacement_trigger: Value = None
    """A value whose change replaces the resource."""
    hide_diffs: tuple[str, ...] = ()

    @property
    def package(self) -> str:
        return urns.package(self.type)

    def needs(self) -> set[str]:
        """URNs of what must have succeeded before it."""
        properties = {urn for on in self.property_dependencies.values() for urn in on}
        others = {self.parent, self.deleted_with, urns.provider_urn(self.provider)}
        return {*others, *self.dependencies, *properties, *self.replace_with} - {""}

    def resource(self, urn: str, provider: str, inputs: Properties, old: Resource | None) -> Resource:
        """The entry that the state is to hold, but for what only its provider knows."""
        return Resource(
            urn=urn,
            type=self.type,
            custom=self.custom,
            inputs=inputs,
            parent=self.parent,
            protect=bool(self.protect),
            dependencies=self.dependencies,
            property_dependencies={key: on for key, on in self.property_dependencies.items() if on},
            provider=provider,
            additional_secret_outputs=self.additional_secret_outputs,
            aliases=(old.urn,) if old is not None and old.urn != urn else (),
            custom_timeouts=self.custom_timeouts,
            retain_on_delete=bool(self.retain_on_delete),
            ignore_changes=self.ignore_changes,
            replace_on_changes=self.replace_on_changes,
            import_id=self.import_id,
            deleted_with=self.deleted_with,
            replace_with=self.replace_with,
            replacement_trigger=self.replacement_trigger,
            hide_diff=self.hide_diffs,
            rest=old.rest if old is not None else {},
        )


UNSUPPORTED = {
    "state_migrations": "state migrations",
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
    if request.importId and urns.is_provider(request.type):
        refused.append("import_ of a provider")
    if request.remote:
        refused.append("components of a provider plugin")
    if urns.package(request.type) == urns.PULUMI and request.type != urns.STACK:
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
        aliases=tuple(map(alias, request.aliases)),
        custom_timeouts=_timeouts(request.customTimeouts, request.name),
        retain_on_delete=request.retainOnDelete if request.HasField("retainOnDelete") else None,
        import_id=request.importId,
        deleted_with=request.deletedWith,
        replace_with=tuple(request.replace_with),
        replacement_trigger=from_value(request.replacement_trigger)
        if request.HasField("replacement_trigger")
        else None,
        hide_diffs=_patterns(request.hideDiffs, "hide_diffs", request.name),
    )


def provider_inputs(inputs: Properties, version: str, download_url: str) -> Properties:
    """A provider resource's inputs with the plugin that serves it, as the real engine records them."""
    if not version and not download_url:
        return inputs
    internal = {"pluginDownloadURL": download_url} if download_url else {}
    return {**inputs, INTERNAL: internal, **({"version": version} if version else {})}


def _patterns(texts: Any, option: str, name: str) -> tuple[str, ...]:
    try:
        for text in texts:
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
