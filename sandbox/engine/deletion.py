"""Deleting resources: each after all that need it, independent ones at the same time."""

from collections.abc import Sequence
from dataclasses import replace

from sandbox.engine import urn as urns
from sandbox.engine.graph import in_order
from sandbox.engine.operation import Broken, Operation
from sandbox.engine.plugins import ProviderError
from sandbox.engine.registry import Registry
from sandbox.engine.resource import Resource
from sandbox.engine.snapshot import Begin, Drop, End, Put, dependents


class Deletion:
    """Deletes, with the providers that the state names."""

    def __init__(self, operation: Operation, registry: Registry) -> None:
        self._operation = operation
        self._registry = registry
        self._going: set[str] = set()
        """URNs of all that is to be deleted."""
        self._left_over = frozenset(operation.snapshot.condemned)
        """Keys of what an earlier operation replaced and did not delete."""
        self._cleared: set[str] = set()
        """URNs of what this operation deleted only until it is created again."""

    @property
    def missing(self) -> list[Resource]:
        """What was deleted only until it is created again, and was not yet."""
        return [entry for urn, entry in self._operation.snapshot.olds.items() if urn in self._cleared]

    def run(self, resources: Sequence[Resource], *, replacing: bool = False) -> bool:
        """Delete the resources; `replacing`: only until they are created again. False when one could not be."""
        by_key = {resource.key: resource for resource in resources}
        self._going |= {resource.urn for resource in resources}

        def work(key: tuple[str, str, bool]) -> bool:
            return self._delete(by_key[key], replacing)

        return in_order(dependents(resources), work)

    def _delete(self, resource: Resource, replacing: bool) -> bool:
        operation = self._operation
        if operation.stopped:
            return False
        if resource.protect and not replacing and not resource.delete:
            operation.log("error", protected(resource), resource.urn)
            return False

        def work() -> Resource:
            managed = resource.custom and not (resource.external or resource.pending_replacement)
            kept = resource.retain_on_delete or resource.deleted_with in self._going
            if managed and not kept and not operation.preview:
                self._ask(resource)
            operation.record(
                Put(replace(resource, pending_replacement=True), resource.urn) if replacing else Drop(resource)
            )
            return resource

        told_as_replaced = resource.delete and resource.key not in self._left_over
        told_before = resource.pending_replacement and resource.urn not in self._cleared
        counted = not (replacing or told_as_replaced or told_before)
        try:
            operation.perform("delete", resource, work, counted=counted)
        except Broken:
            return False
        except Exception as error:
            operation.log("error", f"deleting failed: {error}", resource.urn)
            return False
        if replacing and not resource.pending_replacement:
            self._cleared.add(resource.urn)
        return True

    def _ask(self, resource: Resource) -> None:
        if urns.is_provider(resource.type):
            self._registry.delete(resource)
            return
        provider = self._registry.get(resource.provider)
        self._operation.record(Begin("deleting", resource))
        try:
            provider.delete(resource)
        except ProviderError as error:
            if not error.unclear:
                self._operation.record(End(resource.urn, "deleting"))
            raise


def protected(resource: Resource) -> str:
    """Why it cannot be deleted, and what to do."""
    return (
        f"{resource.name} ({resource.type}) is protected, so it cannot be deleted. To delete it, take `protect` off "
        "the resource in the program, run `up`, and repeat this."
    )


def left_behind(resource: Resource) -> str:
    """Why a target cannot be deleted without this resource, and what to do."""
    return (
        f"{resource.name} ({resource.type}) depends on a target that is to be deleted, but is no target itself. "
        "Nothing was deleted. Make it a target too, or use --target-dependents."
    )
