"""Which resources must be deleted before one that they depend on is deleted and made anew."""

from collections.abc import Mapping, Sequence
from concurrent.futures import Future

from sandbox.engine import urn as urns
from sandbox.engine.claims import Claims
from sandbox.engine.deletion import Deletion, protected
from sandbox.engine.diff import apply_replace_on_changes
from sandbox.engine.operation import Operation
from sandbox.engine.property import UNKNOWN
from sandbox.engine.provider import Lifecycle, Unconfigured
from sandbox.engine.registry import Registry
from sandbox.engine.resource import Resource
from sandbox.engine.targets import Targets
from sandbox.errors import SandboxError


class Replacement:
    """Makes room for resources that are deleted before they are made anew."""

    def __init__(
        self, operation: Operation, registry: Registry, deletion: Deletion, claims: Claims, targets: Targets
    ) -> None:
        self._operation = operation
        self._registry = registry
        self._deletion = deletion
        self._claims = claims
        self._targets = targets

    def delete_first(self, old: Resource) -> None:
        """Delete a resource ahead of its replacement, and before it what would be replaced along with it."""
        with self._operation.lock:
            candidates = list(
                filter(lambda entry: self._claims.unclaimed(entry.urn), self._operation.snapshot.olds.values())
            )
        dependents = _dependents(old, candidates, self._registry)
        if kept := [entry for entry in dependents if entry.protect]:
            raise SandboxError(f"{old.name} must be deleted before it is replaced, but {protected(kept[0])}")
        if spared := [entry.name for entry in dependents if not self._targets.include(entry.urn, entry.needs())]:
            raise SandboxError(
                f"{old.name} must be deleted before it is replaced, and so must {', '.join(spared)}, which is no "
                "target. Nothing was deleted. Make that a target too, or use --target-dependents."
            )
        # One that was registered meanwhile cannot depend on this resource any more.
        mine, others, deleted = self._claims.reserve(dependents)
        try:
            gone = self._gone(others) and self._deletion.run([old, *mine], replacing=True)
        finally:
            deleted.set_result(None)
        if not gone:
            raise SandboxError(
                f"{old.name} was not replaced: the old one, or what depends on it, could not be deleted."
            )

    def _gone(self, others: Mapping[str, Future[None]]) -> bool:
        """Whether what others delete ahead of a replacement is deleted, once they are done."""
        for done in others.values():
            done.result()
        entries = [self._operation.snapshot.olds.get(urn) for urn in others]
        return all(entry is None or entry.pending_replacement for entry in entries)


def _dependents(root: Resource, candidates: Sequence[Resource], registry: Registry) -> list[Resource]:
    """Those candidates (in dependency order) that a replacement of `root` replaces too.

    A resource is replaced when its provider is, or what it is deleted with, or `root` that it is replaced with, or
    when its own provider says so with the inputs that come from a replaced resource taken as unknown.
    (pulumi/pulumi: calculateDependentReplacements and findDependentCascadeReplacements in step_generator.go)
    """
    replaced = {root.urn}
    found: list[Resource] = []
    for resource in candidates:
        managed = resource.custom and not resource.external
        if managed and (root.urn in resource.replace_with or _replaced(resource, replaced, registry)):
            replaced.add(resource.urn)
            found.append(resource)
    return found


def _replaced(resource: Resource, replaced: set[str], registry: Registry) -> bool:
    if not replaced.isdisjoint({urns.provider_urn(resource.provider), resource.deleted_with}):
        return True
    uncertain = {key for key, on in resource.property_dependencies.items() if not replaced.isdisjoint(on)}
    if not uncertain:
        return False
    inputs = {key: UNKNOWN if key in uncertain else value for key, value in resource.inputs.items()}
    lifecycle: Lifecycle = registry if urns.is_provider(resource.type) else registry.get(resource.provider)
    try:
        diff = lifecycle.diff(resource, inputs, resource.ignore_changes)
    except Unconfigured:
        return False
    return bool(apply_replace_on_changes(diff, resource.replace_on_changes, False).replaces)
