"""A resource as the state file holds it. (pulumi/pulumi: ResourceV3 in sdk/go/common/apitype/core.go)"""

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any

from sandbox.engine import urn as urns
from sandbox.engine.property import SECRET, SIGNATURE, Properties, Value, is_secret, reveal
from sandbox.engine.secrets import Passphrase

Key = tuple[str, str, bool]
"""URN, id, and whether only its deletion is left: what tells the entries of a state file apart."""


@dataclass(frozen=True, kw_only=True)
class Resource:
    """One resource. Empty fields are left out of the file."""

    urn: str
    type: str
    custom: bool = True
    """A provider manages it; otherwise it is a component."""
    delete: bool = False
    """It was replaced, and the old one is still to be deleted."""
    id: str = ""
    inputs: Properties = field(default_factory=dict)
    """What the program asked for, as the provider's check returned it."""
    outputs: Properties = field(default_factory=dict)
    parent: str = ""
    protect: bool = False
    external: bool = False
    """Only read: somebody else manages it."""
    dependencies: tuple[str, ...] = ()
    init_errors: tuple[str, ...] = ()
    """It exists but did not become ready, and why."""
    provider: str = ""
    property_dependencies: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    pending_replacement: bool = False
    """It was deleted and is to be created again."""
    additional_secret_outputs: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    custom_timeouts: Mapping[str, float] = field(default_factory=dict)
    """Seconds, by `create`, `update`, `delete`."""
    retain_on_delete: bool = False
    ignore_changes: tuple[str, ...] = ()
    replace_on_changes: tuple[str, ...] = ()
    import_id: str = ""
    """What it was adopted by."""
    deleted_with: str = ""
    """URN of a resource whose deletion deletes this one."""
    replace_with: tuple[str, ...] = ()
    """URNs of resources whose replacement replaces this one."""
    replacement_trigger: Value = None
    """A value whose change replaces the resource."""
    hide_diff: tuple[str, ...] = ()
    """Paths whose changes are shown without their values."""
    created: str = ""
    modified: str = ""
    rest: Mapping[str, Any] = field(default_factory=dict)
    """Fields of the format that this engine does not use, kept as they were."""

    @property
    def key(self) -> Key:
        return self.urn, self.id, self.delete

    @property
    def name(self) -> str:
        return urns.name_of(self.urn)

    def needs(self) -> Iterator[str]:
        """URNs of what must be there before it, and go after it; the provider's among them."""
        if self.parent:
            yield self.parent
        yield from self.dependencies
        for dependencies in self.property_dependencies.values():
            yield from dependencies
        if self.provider:
            yield urns.provider_urn(self.provider)
        if self.deleted_with:
            yield self.deleted_with
        yield from self.replace_with

    def referring(self, renamed: Mapping[str, str], existing: Collection[str]) -> "Resource":
        """The resource with other URNs brought up to date, and without those that no longer exist."""

        def current(others: tuple[str, ...]) -> tuple[str, ...]:
            names = [renamed.get(other, other) for other in others]
            return tuple(name for name in names if name in existing)

        def one(other: str) -> str:
            return next(iter(current((other,))), "")

        provider, id_ = urns.provider_urn(self.provider), self.provider.rpartition("::")[2]
        return replace(
            self,
            parent=one(self.parent),
            deleted_with=one(self.deleted_with),
            replace_with=current(self.replace_with),
            dependencies=current(self.dependencies),
            property_dependencies={key: current(on) for key, on in self.property_dependencies.items()},
            provider=urns.reference(renamed.get(provider, provider), id_) if provider else "",
        )

    def to_json(self, passphrase: Passphrase) -> dict[str, Any]:
        """The entry in a state file, its secrets encrypted."""
        entry: dict[str, Any] = {"urn": self.urn, "custom": self.custom, "type": self.type}
        for attribute, name in _NAMES.items():
            if value := getattr(self, attribute):
                entry[name] = list(value) if isinstance(value, tuple) else value
        if self.replacement_trigger is not None:
            entry["replacementTrigger"] = self.replacement_trigger
        for name in _SEALED.values():
            if name in entry:
                entry[name] = _seal(entry[name], passphrase, f"{self.urn} {self.id} {name}")
        if self.property_dependencies:
            entry["propertyDependencies"] = {key: list(on) for key, on in self.property_dependencies.items()}
        return {**entry, **self.rest}

    @classmethod
    def from_json(cls, entry: Mapping[str, Any], passphrase: Passphrase) -> "Resource":
        """The resource of a state file's entry. Raises KeyError when it lacks its URN or type."""
        values: dict[str, Any] = {
            "urn": entry["urn"],
            "type": entry["type"],
            "custom": entry.get("custom", False),
        }
        for attribute, name in _NAMES.items():
            if name in entry:
                value = entry[name]
                values[attribute] = tuple(value) if isinstance(value, list) else value
        for attribute, name in _SEALED.items():
            if name in entry:
                values[attribute] = _open(entry[name], passphrase, f"{entry['urn']} {entry.get('id', '')} {name}")
        values["property_dependencies"] = {
            key: tuple(on or ()) for key, on in entry.get("propertyDependencies", {}).items()
        }
        rest = {name: value for name, value in entry.items() if name not in _KNOWN}
        return cls(**values, rest=rest)


def _camel(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(other.capitalize() for other in others)


_SEALED = {"inputs": "inputs", "outputs": "outputs", "replacement_trigger": "replacementTrigger"}
_APART = ("urn", "custom", "type", "property_dependencies", "replacement_trigger", "rest")
_NAMES = {item.name: _camel(item.name) for item in fields(Resource) if item.name not in _APART}
_NAMES["import_id"] = "importID"
_KNOWN = {"urn", "custom", "type", "propertyDependencies", *_NAMES.values(), *_SEALED.values()}


def _seal(value: Value, passphrase: Passphrase, place: str) -> Value:
    if is_secret(value):
        plaintext = json.dumps(reveal(value), separators=(",", ":"), sort_keys=True)
        return {SIGNATURE: SECRET, "ciphertext": passphrase.encrypt(plaintext, place)}
    if isinstance(value, dict):
        return {key: _seal(item, passphrase, f"{place}/{key}") for key, item in value.items()}
    if isinstance(value, list):
        return [_seal(item, passphrase, f"{place}/{index}") for index, item in enumerate(value)]
    return value


def _open(value: Value, passphrase: Passphrase, place: str) -> Value:
    if is_secret(value):
        plaintext = value["plaintext"] if "plaintext" in value else passphrase.decrypt(value["ciphertext"], place)
        return {SIGNATURE: SECRET, "value": json.loads(plaintext)}
    if isinstance(value, dict):
        return {key: _open(item, passphrase, f"{place}/{key}") for key, item in value.items()}
    if isinstance(value, list):
        return [_open(item, passphrase, f"{place}/{index}") for index, item in enumerate(value)]
    return value
