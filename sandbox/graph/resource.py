"""A resource as states and previews of the CLI hold it. (pulumi/pulumi: ResourceV3 in sdk/go/common/apitype/core.go)"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sandbox.graph import urn as urns
from sandbox.graph.property import Value


@dataclass(frozen=True)
class Resource:
    """One entry."""

    entry: Mapping[str, Any]

    @property
    def urn(self) -> str:
        return self.entry["urn"]

    @property
    def type(self) -> str:
        return self.entry["type"]

    @property
    def custom(self) -> bool:
        """A provider manages it; otherwise it is a component."""
        return self.entry.get("custom", False)

    @property
    def parent(self) -> str:
        return self.entry.get("parent", "")

    @property
    def protect(self) -> bool:
        return self.entry.get("protect", False)

    @property
    def inputs(self) -> dict[str, Value]:
        """What the program asked for, as the provider's check returned it, without the provider's own notes."""
        return {key: value for key, value in self.entry.get("inputs", {}).items() if not key.startswith("__")}

    @property
    def outputs(self) -> dict[str, Value]:
        return self.entry.get("outputs", {})

    def needs(self) -> Iterator[str]:
        """URNs of what must be there before it, and go after it; the provider's among them."""
        yield from self.entry.get("dependencies") or ()
        for dependencies in (self.entry.get("propertyDependencies") or {}).values():
            yield from dependencies or ()
        if provider := self.entry.get("provider"):
            yield urns.provider_urn(provider)
        if deleted_with := self.entry.get("deletedWith"):
            yield deleted_with
        yield from self.entry.get("replaceWith") or ()
