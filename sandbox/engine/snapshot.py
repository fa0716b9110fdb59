"""The resources of a stack while an operation changes them, one recorded change at a time."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from sandbox.engine import urn as urns
from sandbox.engine.resource import Key, Resource

Operation = Literal["creating", "updating", "deleting"]


@dataclass(frozen=True)
class Begin:
    """A provider is about to be asked for this operation; until a change of the same URN it is pending."""

    operation: Operation
    resource: Resource


@dataclass(frozen=True)
class Put:
    """The resource's new state, instead of the live entry named `replaces`, if any."""

    resource: Resource
    replaces: str = ""
    condemn: bool = False
    """The replaced entry still has to be deleted, instead of being superseded."""


@dataclass(frozen=True)
class Drop:
    """The resource is gone."""

    resource: Resource


@dataclass(frozen=True)
class End:
    """The pending operation on this URN failed and changed nothing."""

    urn: str


Change = Begin | Put | Drop | End


class Snapshot:
    """Old resources give way to new ones as changes are applied. Not thread-safe."""

    def __init__(self, resources: Sequence[Resource] = (), pending: Sequence[Begin] = ()) -> None:
        self.olds = {resource.urn: resource for resource in resources if not resource.delete}
        """Live entries of the last operation, not dealt with in this one yet."""
        self.news: dict[str, Resource] = {}
        """Live entries that this operation has dealt with."""
        self.condemned = {resource.key: resource for resource in resources if resource.delete}
        self.pending = {begun.resource.urn: begun for begun in pending}
        self.renamed: dict[str, str] = {}
        """Old URN -> new URN of resources found by an alias."""

    def apply(self, change: Change) -> None:
        """Take in one change. The same changes on the same resources always give the same snapshot."""
        match change:
            case Begin(resource=resource):
                self.pending[resource.urn] = change
            case Put(resource, replaces, condemn):
                old = self.olds.pop(replaces, None) or self.news.pop(replaces, None)
                if condemn and old is not None:
                    self._condemn(old)
                if replaces and replaces != resource.urn:
                    self.renamed[replaces] = resource.urn
                (self.olds if resource.pending_replacement else self.news)[resource.urn] = resource
                self.pending.pop(resource.urn, None)
            case Drop(resource):
                if resource.delete:
                    self.condemned.pop(resource.key, None)
                else:
                    self.olds.pop(resource.urn, None)
                    self.news.pop(resource.urn, None)
                self.pending.pop(resource.urn, None)
            case End(urn):
                self.pending.pop(urn, None)

    def _condemn(self, resource: Resource) -> None:
        condemned = replace(resource, delete=True)
        self.condemned[condemned.key] = condemned

    def live(self, urn: str) -> Resource | None:
        """The entry that a registration of this URN would find."""
        return self.news.get(urn) or self.olds.get(urn)

    def entries(self) -> list[Resource]:
        """Every entry as it is, in no order."""
        return [*self.news.values(), *self.olds.values(), *self.condemned.values()]

    def resources(self) -> list[Resource]:
        """Every entry, each after those it needs, with references brought up to date."""
        existing = {**self.olds, **self.news}
        every = self.entries()
        named = {**existing, **{entry.urn: entry for entry in every if entry.urn not in existing}}
        return _ordered([entry.referring(self.renamed, named) for entry in every])


def _ordered(resources: Sequence[Resource]) -> list[Resource]:
    """The resources in the given order, but each after what it needs."""
    by_urn: dict[str, list[Resource]] = {}
    for resource in resources:
        by_urn.setdefault(resource.urn, []).append(resource)
    placed: dict[Key, Resource] = {}
    visiting: set[Key] = set()
    for resource in resources:
        stack: list[tuple[Resource, Iterator[Resource]]] = [(resource, _needed(resource, by_urn))]
        while stack:
            entry, needed = stack[-1]
            visiting.add(entry.key)
            following = next((other for other in needed if other.key not in visiting), None)
            if following is not None:
                stack.append((following, _needed(following, by_urn)))
            else:
                placed.setdefault(entry.key, entry)
                stack.pop()
    return list(placed.values())


def _needed(resource: Resource, by_urn: Mapping[str, Sequence[Resource]]) -> Iterator[Resource]:
    for urn in resource.needs():
        yield from by_urn.get(urn, ())


def dependents(resources: Sequence[Resource]) -> dict[Key, set[Key]]:
    """For each of the resources, those that must be deleted before it."""
    by_urn: dict[str, list[Resource]] = {}
    for resource in resources:
        by_urn.setdefault(resource.urn, []).append(resource)
    before: dict[Key, set[Key]] = {resource.key: set() for resource in resources}
    for resource in resources:
        for needed in _needed(resource, by_urn):
            another = urns.is_provider(needed.type) and needed.urn == urns.provider_urn(resource.provider)
            if another and resource.provider != urns.reference(needed.urn, needed.id):
                continue
            if needed.key != resource.key:
                before[needed.key].add(resource.key)
    return before
