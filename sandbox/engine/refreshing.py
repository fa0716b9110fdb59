"""Bringing the state up to date with what exists."""

from collections.abc import Sequence
from dataclasses import replace

from sandbox.engine import urn as urns
from sandbox.engine.diff import PropertyDiff, compare, hide
from sandbox.engine.graph import in_order
from sandbox.engine.operation import Broken, Operation
from sandbox.engine.registry import Registry
from sandbox.engine.resource import Resource
from sandbox.engine.snapshot import Drop, End, Put
from sandbox.engine.state import now
from sandbox.engine.steps import marked, read


def refresh(operation: Operation, registry: Registry, resources: Sequence[Resource]) -> None:
    """Read the resources, all at once; a changed one is updated in the state, a missing one leaves it."""
    by_urn = {resource.urn: resource for resource in resources}

    def work(urn: str) -> bool:
        if operation.stopped:
            return False
        try:
            _refresh(operation, registry, by_urn[urn])
        except Broken:
            return False
        except Exception as error:
            operation.log("error", f"reading failed: {error}", urn)
            return False
        return True

    in_order({urn: set() for urn in by_urn}, work)


def _refresh(operation: Operation, registry: Registry, old: Resource) -> None:
    # Its successor may exist under an id that nobody knows yet.
    replacing = old.urn in operation.snapshot.creating
    if not old.custom or urns.is_provider(old.type) or old.pending_replacement or replacing:
        operation.perform("same", old, lambda: old)
        return
    found, unready = read(registry, old, old.inputs)
    if not found.id:
        operation.perform("delete", old, lambda: _recorded(operation, old, Drop(old)))
        return
    inputs = old.inputs if found.inputs is None or old.external else found.inputs
    new = replace(old, id=found.id, inputs=inputs, init_errors=unready)
    new = replace(new, outputs=marked(new, found.outputs))
    if new == old:
        operation.perform("same", old, lambda: old)
        if begun := operation.snapshot.changing.get(old.urn):
            operation.record(End(old.urn, begun.operation))
        return
    new = replace(new, modified=now())
    operation.perform("refresh", new, lambda: _recorded(operation, new, Put(new, old.urn)), _drift(old, new))


def _recorded(operation: Operation, resource: Resource, change: Put | Drop) -> Resource:
    operation.record(change)
    return resource


def _drift(old: Resource, new: Resource) -> tuple[PropertyDiff, ...]:
    """What changed: among the inputs if any did, since those are what the program can set right."""
    return hide(compare(old.inputs, new.inputs) or compare(old.outputs, new.outputs), old.hide_diff)
