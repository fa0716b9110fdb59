"""Which entry of the state each registration is about. No two may claim the same."""

from collections.abc import Mapping
from concurrent.futures import Future
from threading import RLock

from sandbox.engine import urn as urns
from sandbox.engine.alias import Alias
from sandbox.engine.goal import Goal
from sandbox.engine.program import Program
from sandbox.engine.resource import Resource
from sandbox.engine.snapshot import Snapshot
from sandbox.errors import SandboxError


class Claims:
    """What the program has registered so far. Thread-safe."""

    def __init__(self, program: Program, snapshot: Snapshot, lock: RLock) -> None:
        self._program = program
        self._snapshot = snapshot
        self._lock = lock
        self._former: dict[str, str] = {}
        """New URN -> old URN, of resources found by an alias."""
        self._begun: dict[str, str] = {}
        """URN -> the same or an old URN, under which a pending create of the resource is."""
        self._deleting: dict[str, Future[None]] = {}
        self.goals: dict[str, Goal] = {}
        """Everything registered, by URN."""
        self.renamed: dict[str, str] = {}
        """Old URN -> new URN, of resources found by an alias."""
        self.stack = ""
        """The URN of the stack's own resource, once it is registered."""

    def urn(self, parent: str, type_: str, name: str) -> str:
        """The URN of a resource of this stack."""
        return urns.make(self._program.stack, self._program.project, parent, type_, name)

    def claim(self, urn: str, wanted: Goal) -> Resource | None:
        """The entry under this URN or an alias of it; None for a new resource. Raises SandboxError."""
        with self._lock:
            if urn in self.goals or urn in self.renamed:
                raise SandboxError(f"Duplicate resource URN {urn!r}; try giving it a unique name")
            names = [urn, *_alias_urns(wanted, self._program.stack, self._program.project, self._former)]
            begun = next((name for name in names if name in self._snapshot.creating and self.unclaimed(name)), urn)
            self.goals[urn], self._begun[urn] = wanted, begun
            if wanted.type == urns.STACK:
                self.stack = urn
            found = next((name for name in names if name in self._snapshot.olds), begun)
            for former in dict.fromkeys((begun, found)):
                if former != urn:
                    self._rename(former, urn)
            deleting = self._deleting.get(found)
        if deleting is not None:
            deleting.result()
        return self._snapshot.olds.get(found)

    def _rename(self, old: str, new: str) -> None:
        if old in self.goals or old in self.renamed:
            raise SandboxError(
                f"{old} is an alias of {new}, but {self.renamed.get(old, old)} is that resource already. "
                "Take the alias out."
            )
        self.renamed[old], self._former[new] = new, old

    def creating(self, urn: str) -> Resource | None:
        """What a pending create of a registered resource was asked for, under its URN or an alias of it."""
        return self._snapshot.creating.get(self._begun[urn])

    def unclaimed(self, urn: str) -> bool:
        return urn not in self.goals and urn not in self.renamed

    def reserve(self, resources: list[Resource]) -> tuple[list[Resource], dict[str, Future[None]], Future[None]]:
        """Those of the resources that nobody has claimed; who claims one from now on waits for the future.

        Between the two: what others have reserved, by URN, and their futures. To wait for these is safe, since who
        reserved earlier never waits for who reserved later. What is reserved stays in the snapshot, as pending
        replacement, when it is deleted.
        """
        done: Future[None] = Future()
        with self._lock:
            free = [resource for resource in resources if self.unclaimed(resource.urn)]
            mine = [resource for resource in free if resource.urn not in self._deleting]
            others = {entry.urn: self._deleting[entry.urn] for entry in free if entry.urn in self._deleting}
            self._deleting |= {resource.urn: done for resource in mine}
        return mine, others, done


def _alias_urns(wanted: Goal, stack: str, project: str, renamed: Mapping[str, str]) -> list[str]:
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
