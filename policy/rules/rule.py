"""A rule, what it looks at, and what it finds."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any, Literal

Level = Literal["mandatory", "advisory"]
"""Mandatory: a deployment is refused."""

Config = Mapping[str, Any]
"""A rule's own settings, by name."""

UNKNOWN = "[unknown]"
"""Stands in a preview for a value that only the deployment will give; no rule minds it."""


@dataclass(frozen=True)
class Resource:
    """`type` is a token such as `gcp:container/cluster:Cluster`; `properties` have the names of the provider's API."""

    type: str
    properties: Mapping[str, Any]
    urn: str = ""

    def matches(self, patterns: Iterable[str]) -> bool:
        return any(fnmatchcase(self.type, pattern) for pattern in patterns)


@dataclass(frozen=True)
class Finding:
    """What of a resource breaks a rule, and the value it has; the value is never a secret."""

    what: str
    value: Any = None
    urn: str = ""
    """The resource, where a rule looks at several."""


@dataclass(frozen=True, kw_only=True)
class _Rule:
    id: str
    title: str
    consequence: str
    remedy: str
    level: Level = "mandatory"
    references: tuple[str, ...] = ()
    """Ids of the same rule in Checkov's policy index."""
    config: Config = field(default_factory=dict)
    """Settings with their defaults."""

    def message(self, finding: Finding) -> str:
        value = "not set" if finding.value is None else repr(finding.value)
        return f"{finding.what} is {value}: {self.consequence} {self.remedy}"


@dataclass(frozen=True, kw_only=True)
class Rule(_Rule):
    """Holds for each resource whose type matches one of `types`."""

    types: tuple[str, ...]
    check: Callable[[Mapping[str, Any], Config], Iterable[Finding]]
    """Takes properties and settings."""

    def findings(self, resource: Resource, config: Config | None = None) -> Iterator[Finding]:
        if resource.matches(self.types):
            yield from self.check(resource.properties, {**self.config, **(config or {})})


@dataclass(frozen=True, kw_only=True)
class StackRule(_Rule):
    """Holds for the resources of a stack together."""

    check: Callable[[Sequence[Resource], Config], Iterable[Finding]]

    def findings(self, resources: Sequence[Resource], config: Config | None = None) -> Iterator[Finding]:
        yield from self.check(resources, {**self.config, **(config or {})})
