"""What is done to one resource: create, update, or leave it as it is; in a preview, only told."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sandbox.engine import urn as urns
from sandbox.engine.deletion import UNCLEAR
from sandbox.engine.diff import PropertyDiff
from sandbox.engine.events import Op
from sandbox.engine.operation import Operation
from sandbox.engine.plugins import ProviderError
from sandbox.engine.property import Properties, is_secret, mark_secrets, secret
from sandbox.engine.provider import Lifecycle
from sandbox.engine.registry import Registry
from sandbox.engine.resource import Resource
from sandbox.engine.snapshot import Begin, End, Put
from sandbox.engine.state import now


class Steps:
    """Carries out steps and records them. A component has no lifecycle: it only is in the state."""

    def __init__(self, operation: Operation, registry: Registry) -> None:
        self._operation = operation
        self._registry = registry

    def create(
        self,
        lifecycle: Lifecycle | None,
        new: Resource,
        op: Op = "create",
        replaces: str = "",
        *,
        condemn: bool = False,
        diffs: tuple[PropertyDiff, ...] = (),
    ) -> Resource:
        """`replaces`: the URN of the entry it takes the place of; `condemn`: that one is to be deleted later."""

        def work() -> Resource:
            time = now()
            made = replace(new, created=time, modified=time)
            if lifecycle is not None:
                self._begin(Begin("creating", new))
                try:
                    found = lifecycle.create(new)
                except ProviderError as error:
                    self._fell_short(error, made, Put(made, replaces, condemn))
                    raise
                made = replace(made, id=found.id, outputs=marked(new, found.outputs))
            self._operation.record(Put(made, replaces, condemn))
            return made

        return self._operation.perform(op, new, work, diffs)

    def update(
        self, lifecycle: Lifecycle | None, old: Resource, new: Resource, diffs: tuple[PropertyDiff, ...]
    ) -> Resource:
        def work() -> Resource:
            made = replace(new, id=old.id, outputs=old.outputs, created=old.created, modified=now())
            if lifecycle is not None:
                self._begin(Begin("updating", made))
                try:
                    found = lifecycle.update(old, new)
                except ProviderError as error:
                    self._fell_short(error, made, Put(made, old.urn))
                    raise
                made = replace(made, outputs=marked(new, found.outputs))
            self._operation.record(Put(made, old.urn))
            return made

        return self._operation.perform("update", new, work, diffs)

    def same(self, old: Resource, new: Resource) -> Resource:
        """Nothing changes but what the state says about the resource."""

        def work() -> Resource:
            kept = replace(
                new,
                id=old.id,
                outputs=marked(new, old.outputs),
                aliases=new.aliases or old.aliases,
                created=old.created,
                modified=old.modified,
            )
            if urns.is_provider(new.type):
                self._registry.same(old, kept)
            self._operation.record(Put(kept, old.urn), journal=kept != old)
            return kept

        return self._operation.perform("same", new, work)

    def _begin(self, begin: Begin) -> None:
        """Note what a provider is about to do; making a provider does nothing outside."""
        if not urns.is_provider(begin.resource.type):
            self._operation.record(begin)

    def _fell_short(self, error: ProviderError, made: Resource, put: Put) -> None:
        """Keep what exists of a resource whose create or update failed."""
        unready = error.unready
        if unready is not None:
            outputs = marked(made, mark_secrets(unready.outputs, made.inputs))
            made = replace(made, id=made.id or unready.id, outputs=outputs, init_errors=unready.reasons)
            self._operation.record(replace(put, resource=made))
        elif error.code not in UNCLEAR:
            self._operation.record(End(made.urn))


def marked(resource: Resource, outputs: Mapping[str, Any]) -> Properties:
    """The outputs, secret where the program says so, or where the input of that name is."""

    def is_to_be(key: str) -> bool:
        return key in resource.additional_secret_outputs or is_secret(resource.inputs.get(key))

    return {key: secret(value) if is_to_be(key) else value for key, value in outputs.items()}
