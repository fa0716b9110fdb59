"""Taking up what an earlier run was in the middle of when it was killed."""

from dataclasses import replace

from sandbox.engine import urn as urns
from sandbox.engine.events import Name
from sandbox.engine.operation import Operation
from sandbox.engine.plugins import ProviderError
from sandbox.engine.property import mark_secrets
from sandbox.engine.registry import Registry
from sandbox.engine.resource import Resource
from sandbox.engine.snapshot import Drop, End, Put
from sandbox.engine.steps import marked
from sandbox.engine.targets import Targets

ADOPTION = 5.0
"""Seconds given to a create that is only repeated to learn what it made."""


def report(operation: Operation, targets: Targets, name: Name) -> None:
    """Tell what was pending, and what this operation does about it."""
    for begun in operation.snapshot.pending.values():
        what = "it is taken up again"
        if not targets.name(begun.resource.urn):
            what = "it is no target, so that waits"
        elif name == "refresh" and begun.operation == "creating":
            what = "`refresh` leaves that to the next `up` or `destroy`, which takes it up again"
        operation.log(
            "warning",
            f"An earlier run was cut short while {begun.operation} {begun.resource.name}; {what}.",
            begun.resource.urn,
        )


def adopt(operation: Operation, registry: Registry, begun: Resource, old: Resource | None) -> Resource | None:
    """What an interrupted create made, now in the state; `old`, which it was to replace, gives way to it.

    None when that is not to be had.
    """
    made = _made(operation, registry, begun)
    if made is not None:
        condemn = old is not None and not (old.external or old.pending_replacement)
        operation.record(Put(made, old.urn if old is not None else "", condemn))
    return made


def discard(operation: Operation, registry: Registry, begun: Resource, live: Resource) -> None:
    """Have what an interrupted create made deleted in the end: `live`, which it was to replace, stays."""
    made = _made(operation, registry, begun)
    if made is not None:
        operation.record(Put(replace(made, delete=True)) if made.id != live.id else End(made.urn))


def _made(operation: Operation, registry: Registry, begun: Resource) -> Resource | None:
    """What an interrupted create made.

    The create is repeated as it was: providers create what exists already by taking it over. None when that
    fails; the create is then forgotten, with a warning.
    """
    hasty = replace(begun, custom_timeouts={**begun.custom_timeouts, "create": ADOPTION})
    try:
        found = registry.get(begun.provider).create(hasty)
        return replace(begun, id=found.id, outputs=marked(begun, found.outputs))
    except Exception as error:
        unready = error.unready if isinstance(error, ProviderError) else None
        if unready is None:
            operation.record(End(begun.urn))
            operation.log(
                "warning",
                "An earlier run was cut short while creating it with other inputs, and repeating that failed: "
                f"{error}. Should a part of it exist, it is not in the state: delete it by hand.",
                begun.urn,
            )
            return None
        outputs = marked(begun, mark_secrets(unready.outputs, begun.inputs))
        return replace(begun, id=unready.id, outputs=outputs, init_errors=unready.reasons)


def survivor(operation: Operation, registry: Registry, old: Resource) -> Resource | None:
    """The resource, unless a delete that was cut short took it away after all."""
    if urns.is_provider(old.type) or not old.custom:
        return old
    provider = registry.get(old.provider)
    if not provider.configured or provider.read(old.urn, old.id, old.inputs, old.outputs).id:
        return old
    operation.record(Drop(old))
    return None
