"""What is done to one resource: create, update, or leave it as it is; in a preview, only told."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sandbox.engine import urn as urns
from sandbox.engine.diff import PropertyDiff
from sandbox.engine.events import Op
from sandbox.engine.operation import Operation
from sandbox.engine.plugins import ProviderError
from sandbox.engine.property import Properties, is_secret, mark_secrets, secret
from sandbox.engine.provider import Found, Lifecycle
from sandbox.engine.registry import Registry
from sandbox.engine.resource import Resource
from sandbox.engine.snapshot import Begin, End, Put
from sandbox.engine.state import now
from sandbox.errors import SandboxError


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
                # What an earlier attempt made is there even when this one is refused.
                repeated = new.urn in self._operation.snapshot.creating
                self._begin(Begin("creating", new))
                try:
                    found = lifecycle.create(new)
                except ProviderError as error:
                    end = None if repeated or error.lost else End(new.urn, "creating")
                    self._fell_short(error, Put(made, replaces, condemn, new.urn), end)
                    raise
                made = replace(made, id=found.id, outputs=marked(new, found.outputs))
            self._operation.record(Put(made, replaces, condemn, new.urn))
            return made

        return self._operation.perform(op, new, work, diffs)

    def update(
        self, lifecycle: Lifecycle | None, old: Resource, new: Resource, diffs: tuple[PropertyDiff, ...]
    ) -> Resource:
        def work() -> Resource:
            made = replace(new, id=old.id, outputs=old.outputs, created=old.created, modified=now())
            if lifecycle is not None:
                self._begin(Begin("updating", old))
                try:
                    found = lifecycle.update(old, new)
                except ProviderError as error:
                    end = None if error.unclear else End(old.urn, "updating")
                    self._fell_short(error, Put(made, old.urn), end)
                    raise
                made = replace(made, outputs=marked(new, found.outputs))
            self._operation.record(Put(made, old.urn))
            return made

        return self._operation.perform("update", new, work, diffs)

    def same(self, old: Resource, new: Resource) -> Resource:
        """Nothing changes but what the state says about the resource."""
        return self._operation.perform("same", new, lambda: self.keep(old, new))

    def keep(self, old: Resource, new: Resource) -> Resource:
        """The same without telling."""
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

    def adopt(self, new: Resource, old: Resource | None) -> Resource:
        """Take what exists under `new.import_id` into the state; `old` is to be deleted later."""

        def work() -> Resource:
            wanted = replace(new, id=new.import_id)
            found, unready = read(self._registry, wanted, None)
            if not found.id:
                raise SandboxError(
                    f"{new.type} with id {new.import_id!r} does not exist, so it was not imported. Correct `import_`."
                )
            if found.inputs is None:
                raise SandboxError(
                    f"The provider of {new.type} does not tell the inputs of what exists, so {new.import_id!r} was "
                    "not imported. Take `import_` out, or install a newer plugin."
                )
            time = now()
            inputs = mark_secrets(found.inputs, new.inputs)
            made = replace(new, id=found.id, inputs=inputs, init_errors=unready, created=time, modified=time)
            made = replace(made, outputs=marked(made, found.outputs))
            condemn = old is not None and not old.external
            self._operation.record(Put(made, old.urn if old is not None else "", condemn))
            return made

        return self._operation.perform("import", new, work)

    def _begin(self, begin: Begin) -> None:
        """Note what a provider is about to do; making a provider does nothing outside."""
        if not urns.is_provider(begin.resource.type):
            self._operation.record(begin)

    def _fell_short(self, error: ProviderError, put: Put, end: End | None) -> None:
        """Keep what exists of a resource whose create or update failed; no `end`: nobody knows whether it does."""
        made, unready = put.resource, error.unready
        if unready is not None:
            outputs = marked(made, mark_secrets(unready.outputs, made.inputs))
            made = replace(made, id=made.id or unready.id, outputs=outputs, init_errors=unready.reasons)
            self._operation.record(replace(put, resource=made))
        elif end is not None:
            self._operation.record(end)


def read(registry: Registry, resource: Resource, inputs: Properties | None) -> tuple[Found, tuple[str, ...]]:
    """What exists of the resource, and why it is not ready; `inputs`: what the state holds."""
    try:
        return registry.get(resource.provider).read(resource.urn, resource.id, inputs, resource.outputs), ()
    except ProviderError as error:
        if error.unready is None:
            raise
        unready = error.unready
        found = mark_secrets(unready.inputs, inputs or {}) or None
        return Found(unready.id, mark_secrets(unready.outputs, resource.outputs), found), unready.reasons


def marked(resource: Resource, outputs: Mapping[str, Any]) -> Properties:
    """The outputs, secret where the program says so, or where the input of that name is."""

    def is_to_be(key: str) -> bool:
        return key in resource.additional_secret_outputs or is_secret(resource.inputs.get(key))

    return {key: secret(value) if is_to_be(key) else value for key, value in outputs.items()}
