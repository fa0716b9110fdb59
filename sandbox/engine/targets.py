"""Which resources an operation is about, when it is not about all of them.

(pulumi/pulumi: UrnTargets in pkg/resource/deploy/deployment.go)
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sandbox.engine import urn as urns
from sandbox.engine.resource import Key, Resource
from sandbox.engine.snapshot import dependents
from sandbox.errors import SandboxError

SHOWN = 20
"""Names of resources that an error lists."""


@dataclass(frozen=True)
class Selection:
    """What a person chose."""

    targets: tuple[str, ...] = ()
    """URNs, names, or patterns of either; none for everything."""
    dependents: bool = False

    @classmethod
    def of(cls, targets: Sequence[str] | None, dependents: bool) -> "Selection":
        """From options of a command line. Raises SandboxError for dependents of nothing."""
        if dependents and not targets:
            raise SandboxError("--target-dependents needs --target, so nothing was done. Name the targets too.")
        return cls(tuple(targets or ()), dependents)

    @property
    def arguments(self) -> list[str]:
        """The same for the Pulumi CLI, which knows no names."""
        urns_only = [text if "::" in text else f"**::{text}" for text in self.targets]
        named = [argument for text in urns_only for argument in ("--target", text)]
        return [*named, *(["--target-dependents"] if self.dependents else [])]


EVERYTHING = Selection()


class Targets:
    """URNs, names, or patterns of either: `*` stands for anything without a colon, `**` for anything. Thread-safe."""

    def __init__(self, patterns: Sequence[str] = (), *, with_dependents: bool = False) -> None:
        """`with_dependents`: what depends on a target is one too."""
        self._patterns = {text: _matcher(text) for text in patterns}
        self._matched: set[str] = set()
        self._reached: set[str] = set()
        self._with_dependents = with_dependents

    def __bool__(self) -> bool:
        """Whether there are any; without them an operation is about everything."""
        return bool(self._patterns)

    def name(self, urn: str) -> bool:
        """Whether this resource is named."""
        hits = {
            text
            for text, pattern in self._patterns.items()
            if pattern.fullmatch(urn if "::" in text else urns.name_of(urn))
        }
        self._matched |= hits
        return bool(hits) or not self._patterns

    def include(self, urn: str, needs: Iterable[str]) -> bool:
        """Whether the operation is about this resource; to be asked in dependency order."""
        included = self.name(urn) or (self._with_dependents and not self._reached.isdisjoint(needs))
        if included:
            self._reached.add(urn)
        return included

    def select(self, resources: Sequence[Resource]) -> tuple[list[Resource], list[Resource]]:
        """Those of the resources that an operation is about, and those that depend on them but are not named."""
        if not self:
            return list(resources), []
        needed_by = dependents(resources)
        named = [resource.key for resource in resources if self.name(resource.urn)]
        reached: set[Key] = set()
        waiting = list(named)
        while waiting:
            key = waiting.pop()
            if key not in reached:
                reached.add(key)
                waiting += needed_by[key]
        selected = reached if self._with_dependents else set(named)
        return (
            [resource for resource in resources if resource.key in selected],
            [resource for resource in resources if resource.key in reached - selected],
        )

    def require(self, urns_there: Iterable[str]) -> None:
        """Raise SandboxError, naming what there is, for a target that is none of these resources."""
        there = list(urns_there) if self else []
        for urn in there:
            self.name(urn)
        if missing := [text for text in self._patterns if text not in self._matched]:
            names = sorted({urns.name_of(urn) for urn in there if not urns.is_default_provider(urn)})
            more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
            raise SandboxError(
                f"No resource is called {' or '.join(map(repr, missing))}, so the target matches nothing. Name a "
                "resource, its URN, or a pattern of either (* for anything without a colon, ** for anything). "
                f"There are: {', '.join(names[:SHOWN]) or 'none'}{more}."
            )


def _matcher(text: str) -> re.Pattern[str]:
    parts = ("[^:]*".join(map(re.escape, part.split("*"))) for part in text.split("**"))
    return re.compile(".*".join(parts), re.DOTALL)
