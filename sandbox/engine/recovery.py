"""Taking up what an earlier run was in the middle of when it was killed."""

from collections.abc import Collection
from dataclasses import replace

from sandbox.engine import urn as urns
from sandbox.engine.events import Name, Severity
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
    for begun in operation.snapshot.pending:
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


def adopt(
    operation: Operation,
    registry: Registry,
    begun: Resource,
    urn: str,
    old: Resource | None,
    severity: Severity = "warning",
) -> Resource | None:
    """What an interrupted create made, now in the state as `urn`; `old`, which it was to replace, gives way to it.

    None, told with this severity, when there is nothing to be had. Raises ProviderError when that is not known.
    """
    made = _made(operation, registry, begun, severity)
    if made is None:
        return None
    made = replace(made, urn=urn)
    condemn = old is not None and not (old.external or old.pending_replacement)
    operation.record(Put(made, old.urn if old is not None else "", condemn, begun.urn))
    return made


def adopt_unwanted(operation: Operation, registry: Registry, unwanted: Collection[str]) -> bool:
    """Take what interrupted creates of these URNs made into the state, to be deleted. False when one has to wait."""
    for urn in unwanted:
        try:
            begun, old = operation.snapshot.creating[urn], operation.snapshot.live(urn)
            adopt(operation, registry, begun, urn, old, "error")
        except ProviderError as error:
            operation.log("error", f"Nothing is deleted before it is known whether it was created: {error}", urn)
    return operation.snapshot.creating.keys().isdisjoint(unwanted)


def discard(operation: Operation, registry: Registry, begun: Resource, live: Resource) -> None:
    """Have what an interrupted create made deleted in the end: `live`, which it was to replace, stays."""
    made = _made(operation, registry, begun, "warning")
    if made is not None:
        condemned = Put(replace(made, delete=True), created=begun.urn)
        operation.record(condemned if made.id != live.id else End(begun.urn, "creating"))


def _made(operation: Operation, registry: Registry, begun: Resource, severity: Severity) -> Resource | None:
    """What an interrupted create made; in a preview, what it would make.

    The create is repeated as it was: providers create what exists already by taking it over. None when that is
    refused; the create is then forgotten, and that is told. Raises ProviderError when it was not answered.
    """
    hasty = replace(begun, custom_timeouts={**begun.custom_timeouts, "create": ADOPTION})
    try:
        found = registry.get(begun.provider).create(hasty)
        return replace(begun, id=found.id, outputs=marked(begun, found.outputs))
    except Exception as error:
        if isinstance(error, ProviderError) and error.unanswered:
            raise
        unready = error.unready if isinstance(error, ProviderError) else None
        if unready is None:
            operation.record(End(begun.urn, "creating"))
            operation.log(
                severity,
                f"An earlier run was cut short while creating it, and repeating that failed: {error}. "
                "Should a part of it exist, it is not in the state: delete it by hand.",
                begun.urn,
            )
            return None
        outputs = marked(begun, mark_secrets(unready.outputs, begun.inputs))
        return replace(begun, id=unready.id, outputs=outputs, init_errors=unready.reasons)


def survivor(operation: Operation, registry: Registry, old: Resource) -> Resource | None:
    """The resource, unless a delete that was cut short took it away after all."""
    begun = operation.snapshot.changing.get(old.urn)
    if begun is None or begun.operation != "deleting" or urns.is_provider(old.type) or not old.custom:
        return old
    provider = registry.get(old.provider)
    if not provider.configured or provider.read(old.urn, old.id, old.inputs, old.outputs).id:
        return old
    operation.record(Drop(old))
    return None
