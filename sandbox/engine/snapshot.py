"""The resources of a stack while an operation changes them, one recorded change at a time."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from sandbox.engine import urn as urns
from sandbox.engine.resource import Key, Resource

Operation = Literal["creating", "updating", "deleting"]


@dataclass(frozen=True)
class Begin:
    """A provider is about to be asked for this operation; until its outcome is known it is pending."""

    operation: Operation
    resource: Resource


@dataclass(frozen=True)
class Put:
    """The resource's new state, instead of the live entry named `replaces`, if any."""

    resource: Resource
    replaces: str = ""
    condemn: bool = False
    """The replaced entry still has to be deleted, instead of being superseded."""
    created: str = ""
    """The URN of the pending create that made it, which is pending no more."""


@dataclass(frozen=True)
class Drop:
    """The resource is gone."""

    resource: Resource


@dataclass(frozen=True)
class End:
    """The pending operation on this URN failed and changed nothing."""

    urn: str
    operation: Operation


Change = Begin | Put | Drop | End


class Snapshot:
    """Old resources give way to new ones as changes are applied. Not thread-safe."""

    def __init__(self, resources: Sequence[Resource] = (), pending: Sequence[Begin] = ()) -> None:
        self.olds = {resource.urn: resource for resource in resources if not resource.delete}
        """Live entries of the last operation, not dealt with in this one yet."""
        self.news: dict[str, Resource] = {}
        """Live entries that this operation has dealt with."""
        self.condemned = {resource.key: resource for resource in resources if resource.delete}
        self.creating = {begun.resource.urn: begun.resource for begun in pending if begun.operation == "creating"}
        """What pending creates were asked for, by URN. The entry that one is to replace may be changing, too."""
        self.changing = {begun.resource.urn: begun for begun in pending if begun.operation != "creating"}
        """Pending updates and deletions of entries, by the entry's URN."""
        self.renamed: dict[str, str] = {}
        """Old URN -> new URN of resources found by an alias."""

    def apply(self, change: Change) -> None:
        """Take in one change. The same changes on the same resources always give the same snapshot."""
        match change:
            case Begin("creating", resource):
                self.creating[resource.urn] = resource
            case Begin(resource=resource):
                self.changing[resource.urn] = change
            case Put(resource, replaces, condemn, created):
                old = self.olds.pop(replaces, None) or self.news.pop(replaces, None)
                if condemn and old is not None:
                    self._condemn(old)
                if replaces and replaces != resource.urn:
                    self.renamed[replaces] = resource.urn
                if resource.delete:
                    self._condemn(resource)
                else:
                    (self.olds if resource.pending_replacement else self.news)[resource.urn] = resource
                    self.changing.pop(replaces, None)
                    self.changing.pop(resource.urn, None)
                self.creating.pop(created, None)
            case Drop(resource):
                if resource.delete:
                    self.condemned.pop(resource.key, None)
                else:
                    self.olds.pop(resource.urn, None)
                    self.news.pop(resource.urn, None)
                self.changing.pop(resource.urn, None)
            case End(urn, "creating"):
                self.creating.pop(urn, None)
            case End(urn):
                self.changing.pop(urn, None)

    def _condemn(self, resource: Resource) -> None:
        condemned = replace(resource, delete=True)
        self.condemned[condemned.key] = condemned

    @property
    def pending(self) -> list[Begin]:
        """Operations whose outcome is not known."""
        return [*(Begin("creating", resource) for resource in self.creating.values()), *self.changing.values()]

    def live(self, urn: str) -> Resource | None:
        """The entry that a registration of this URN would find."""
        return self.news.get(urn) or self.olds.get(urn)

    def entries(self) -> list[Resource]:
        """Every entry as it is, in no order."""
        return [*self.news.values(), *self.olds.values(), *self.condemned.values()]

    def resources(self) -> list[Resource]:
        """Every entry, each after those it needs, with references brought up to date."""
        every = self.entries()
        named = {entry.urn for entry in every}
        return _ordered([entry.referring(self.renamed, named) for entry in every])


def _ordered(resources: Sequence[Resource]) -> list[Resource]:
    """The resources in the given order, but each after what it needs: of one URN, that is the live entry if any.

    Where they need each other, because of what was replaced and not deleted yet, one loses its reference.
    """
    by_urn = _by_urn(resources)
    needed = {urn: [entry for entry in entries if not entry.delete] or entries for urn, entries in by_urn.items()}
    placed: dict[Key, Resource] = {}
    visiting: set[Key] = set()
    for resource in resources:
        stack: list[tuple[Resource, Iterator[Resource]]] = [(resource, _needed(resource, needed))]
        while stack:
            entry, others = stack[-1]
            visiting.add(entry.key)
            following = next((other for other in others if other.key not in visiting), None)
            if following is not None:
                stack.append((following, _needed(following, needed)))
            else:
                placed.setdefault(entry.key, entry)
                stack.pop()
    before: set[str] = set()
    ordered: list[Resource] = []
    for entry in placed.values():
        ordered.append(entry if before.issuperset(entry.needs()) else entry.referring({}, before))
        before.add(entry.urn)
    return ordered


def _by_urn(resources: Sequence[Resource]) -> dict[str, list[Resource]]:
    found: dict[str, list[Resource]] = {}
    for resource in resources:
        found.setdefault(resource.urn, []).append(resource)
    return found


def _needed(resource: Resource, by_urn: Mapping[str, Sequence[Resource]]) -> Iterator[Resource]:
    for urn in resource.needs():
        yield from by_urn.get(urn, ())


def dependents(resources: Sequence[Resource]) -> dict[Key, set[Key]]:
    """For each of the resources, those that must be deleted before it.

    A resource may use the replaced one of what it needs still, and goes before that too, unless that one needs it.
    """
    by_urn = _by_urn(resources)
    before: dict[Key, set[Key]] = {resource.key: set() for resource in resources}
    perhaps: list[tuple[Key, Key]] = []
    for resource in resources:
        for needed in _needed(resource, by_urn):
            if urns.is_provider(needed.type) and needed.urn == urns.provider_urn(resource.provider):
                if resource.provider == urns.reference(needed.urn, needed.id):
                    before[needed.key].add(resource.key)
            elif needed.delete:
                perhaps.append((needed.key, resource.key))
            elif needed.key != resource.key:
                before[needed.key].add(resource.key)
    for needed, key in perhaps:
        if needed not in _closure(key, before):
            before[needed].add(key)
    return before


def _closure(key: Key, before: Mapping[Key, set[Key]]) -> set[Key]:
    """The resource and all that must be deleted before it."""
    found: set[Key] = set()
    waiting = [key]
    while waiting:
        key = waiting.pop()
        if key not in found:
            found.add(key)
            waiting += before[key]
    return found
