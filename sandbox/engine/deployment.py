"""Bringing a stack to what the program asks for, registration by registration.

(pulumi/pulumi: pkg/resource/deploy/step_generator.go and step.go)
"""

from dataclasses import dataclass, field, replace

from sandbox.engine import urn as urns
from sandbox.engine.assets import hashed
from sandbox.engine.claims import Claims
from sandbox.engine.defaults import DefaultProviders, LeftAlone
from sandbox.engine.deletion import Deletion, protected
from sandbox.engine.diff import Diff, PropertyDiff, apply_replace_on_changes, compare
from sandbox.engine.goal import Goal
from sandbox.engine.operation import Broken, Operation
from sandbox.engine.path import keep, parse
from sandbox.engine.program import Program
from sandbox.engine.property import UNKNOWN, Properties, contains_unknown, known
from sandbox.engine.provider import Lifecycle, Unconfigured
from sandbox.engine.recovery import adopt, survivor
from sandbox.engine.registry import Registry
from sandbox.engine.replacement import dependent_replacements
from sandbox.engine.resource import Resource
from sandbox.engine.snapshot import Put
from sandbox.engine.steps import Steps, marked
from sandbox.errors import SandboxError


@dataclass(frozen=True)
class Registered:
    """The answer to the program."""

    urn: str
    id: str = ""
    outputs: Properties = field(default_factory=dict)
    failed: bool = False
    """Its outputs stay unknown, and nothing that needs them is done."""


class Deployment:
    """Serves registrations, each on a thread of its own and not before what it needs has been registered."""

    def __init__(self, operation: Operation, registry: Registry, deletion: Deletion, program: Program) -> None:
        self._operation = operation
        self._registry = registry
        self._deletion = deletion
        self._snapshot = operation.snapshot
        self._steps = Steps(operation, registry)
        self._defaults = DefaultProviders(program, self._registered_provider)
        self._unsettled: set[str] = set()
        """Failed, or left alone."""
        self._left: list[str] = []
        """Names of what was left alone, because of a failure or an interrupt."""
        self.claims = Claims(program, operation.snapshot, operation.lock)

    def register(self, wanted: Goal) -> Registered:
        """Check, compare, and do what follows."""
        wanted = self._inheriting(wanted)
        urn = self.claims.urn(wanted.parent, wanted.type, wanted.name)
        try:
            old = self.claims.claim(urn, wanted)
            self._require(wanted.needs())
            resource = self._settled(urn, wanted, old)
        except Broken:
            return self._failed(urn)
        except LeftAlone:
            return self._left_alone(urn)
        except Exception as error:
            return self.refuse(urn, str(error) or type(error).__name__)
        return Registered(urn, resource.id, resource.outputs if wanted.custom else {})

    def refuse(self, urn: str, reason: str) -> Registered:
        """The registration failed for this reason."""
        self._operation.log("error", reason, urn)
        return self._failed(urn)

    def _failed(self, urn: str) -> Registered:
        with self._operation.lock:
            self._unsettled.add(urn)
        return Registered(urn, failed=True)

    def _left_alone(self, urn: str) -> Registered:
        with self._operation.lock:
            self._left.append(urns.name_of(urn))
        return self._failed(urn)

    def _require(self, needed: set[str]) -> None:
        """Raise LeftAlone unless all that is needed has succeeded, and work goes on."""
        with self._operation.lock:
            if self._operation.stopped or not self._unsettled.isdisjoint(needed):
                raise LeftAlone

    def _inheriting(self, wanted: Goal) -> Goal:
        parent = self.claims.goals.get(wanted.parent)
        if parent is None:
            return wanted
        protect, retain = wanted.protect, wanted.retain_on_delete
        return replace(
            wanted,
            protect=parent.protect if protect is None else protect,
            retain_on_delete=parent.retain_on_delete if retain is None else retain,
        )

    def _settled(self, urn: str, wanted: Goal, old: Resource | None) -> Resource:
        """The resource once everything has been done for it."""
        reference, lifecycle = self._lifecycle(wanted)
        begun = self._snapshot.pending.get(urn)
        if old is not None and begun is not None and begun.operation == "deleting":
            old = survivor(self._operation, self._registry, old)
        creating = begun.resource if begun is not None and begun.operation == "creating" else None
        live = old if old is not None and not (old.external or old.pending_replacement) else None
        before = live.inputs if live is not None else creating.inputs if creating is not None else None
        asked = wanted.inputs
        if live is not None:
            for pattern in wanted.ignore_changes:
                asked = keep(asked, live.inputs, parse(pattern))
        inputs = self._checked(lifecycle, urn, before, asked)
        new = self._resource(urn, wanted, reference, inputs, old)
        if live is None and creating is not None and creating.inputs != inputs and not self._operation.preview:
            live = adopt(self._operation, self._registry, creating)
        if live is None:
            recreated = old is not None and old.pending_replacement
            return self._steps.create(
                lifecycle, new, "replace" if recreated else "create", old.urn if old is not None else ""
            )
        unready = bool(live.init_errors)
        diff = apply_replace_on_changes(self._diff(lifecycle, live, new), wanted.replace_on_changes, unready)
        if diff.replaces:
            return self._replace(lifecycle, wanted, live, new, diff)
        unfinished = begun is not None and begun.operation == "updating"
        if diff.changed or unready or unfinished:
            return self._steps.update(lifecycle, live, new, diff.properties)
        return self._steps.same(live, new)

    def _lifecycle(self, wanted: Goal) -> tuple[str, Lifecycle | None]:
        """The reference of the resource's provider, and what carries out its steps; a component has neither."""
        if not wanted.custom:
            return "", None
        if urns.is_provider(wanted.type):
            return "", self._registry
        reference = self.provider(wanted.package, wanted.provider, wanted.version, wanted.plugin_download_url)
        return reference, self._registry.get(reference)

    def provider(self, package: str, explicit: str, version: str, download_url: str) -> str:
        """The reference of the provider to use: the explicit one, or the default of its package."""
        return self._defaults.reference(package, explicit, version, download_url)

    def _registered_provider(self, wanted: Goal) -> str:
        made = self.register(wanted)
        return "" if made.failed else urns.reference(made.urn, made.id or UNKNOWN)

    def _checked(self, lifecycle: Lifecycle | None, urn: str, old: Properties | None, inputs: Properties) -> Properties:
        if lifecycle is None:
            return inputs
        if not self._operation.preview and contains_unknown(inputs):
            raise SandboxError(f"An input of {urn} is not known although this is no preview. It was not touched.")
        checked = lifecycle.check(urn, old, inputs)
        if checked.failures:
            reasons = [f"{name}: {reason}" if name else reason for name, reason in checked.failures]
            raise SandboxError(
                f"{urns.type_of(urn)} {urns.name_of(urn)!r} has wrong inputs, and was not touched:\n"
                + "\n".join(f"  {reason}" for reason in reasons)
            )
        return hashed(checked.inputs)

    def _resource(self, urn: str, wanted: Goal, provider: str, inputs: Properties, old: Resource | None) -> Resource:
        return Resource(
            urn=urn,
            type=wanted.type,
            custom=wanted.custom,
            inputs=inputs,
            parent=wanted.parent,
            protect=bool(wanted.protect),
            dependencies=wanted.dependencies,
            property_dependencies={key: on for key, on in wanted.property_dependencies.items() if on},
            provider=provider,
            additional_secret_outputs=wanted.additional_secret_outputs,
            aliases=(old.urn,) if old is not None and old.urn != urn else (),
            custom_timeouts=wanted.custom_timeouts,
            retain_on_delete=bool(wanted.retain_on_delete),
            ignore_changes=wanted.ignore_changes,
            replace_on_changes=wanted.replace_on_changes,
            rest=old.rest if old is not None else {},
        )

    def _diff(self, lifecycle: Lifecycle | None, old: Resource, new: Resource) -> Diff:
        if old.custom != new.custom:
            return Diff(True, (PropertyDiff("custom", "update", old.custom, new.custom, replace=True),), ("custom",))
        if lifecycle is None:
            properties = compare(old.inputs, new.inputs)
            return Diff(bool(properties), properties)
        if old.provider != new.provider and self._provider_replaced(old, new):
            change = PropertyDiff("provider", "update", old.provider, new.provider, replace=True)
            return Diff(True, (change, *compare(old.inputs, new.inputs)), ("provider",))
        try:
            return lifecycle.diff(old, new.inputs, new.ignore_changes)
        except Unconfigured:
            self._operation.log(
                "warning",
                "The provider for this resource has inputs that are not known during preview.\n"
                "This preview may not correctly represent the changes that will be applied during an update.",
                new.urn,
            )
            return Diff(True, compare(old.inputs, new.inputs))

    def _provider_replaced(self, old: Resource, new: Resource) -> bool:
        """Whether the resource went to another provider that cannot go on with what the old one made."""
        old_urn, _, old_id = old.provider.rpartition("::")
        if urns.reference(self.claims.renamed.get(old_urn, old_urn), old_id) == new.provider:
            return False
        before = self._registry.recorded(old.provider)
        after = self._snapshot.live(urns.provider_urn(new.provider))
        if before is None or after is None:
            return False
        return self._registry.replaces(new.provider, before, after)

    def _replace(self, lifecycle: Lifecycle | None, wanted: Goal, old: Resource, new: Resource, diff: Diff) -> Resource:
        if old.protect and new.protect:
            raise SandboxError(f"It would have to be replaced ({', '.join(diff.replaces)}). {protected(old)}")
        begun = self._snapshot.pending.get(new.urn)
        repeated = begun.resource.inputs if begun is not None and begun.operation == "creating" else None
        new = replace(new, inputs=self._checked(lifecycle, new.urn, repeated, wanted.inputs))
        first = wanted.delete_before_replace
        if first is None:
            first = diff.delete_before_replace
        if first:
            self._delete_first(old)
        return self._steps.create(lifecycle, new, "replace", old.urn, condemn=not first, diffs=diff.properties)

    def _delete_first(self, old: Resource) -> None:
        """Delete a resource ahead of its replacement, and before it what would be replaced along with it."""
        with self._operation.lock:
            candidates = list(filter(lambda entry: self.claims.unclaimed(entry.urn), self._snapshot.olds.values()))
        dependents = dependent_replacements(old, candidates, self._registry)
        if kept := [entry for entry in dependents if entry.protect]:
            raise SandboxError(f"{old.name} must be deleted before it is replaced, but {protected(kept[0])}")
        # One that was registered meanwhile cannot depend on this resource any more.
        dependents, deleted = self.claims.reserve(dependents)
        try:
            gone = self._deletion.run([old, *dependents], replacing=True)
        finally:
            deleted.set_result(None)
        if not gone:
            raise SandboxError(
                f"{old.name} was not replaced: the old one, or what depends on it, could not be deleted."
            )

    def register_outputs(self, urn: str, outputs: Properties) -> None:
        """A component's outputs. Those of what failed are not known; then the old ones stay."""
        with self._operation.lock:
            component = self._snapshot.news.get(urn)
            if component is None:
                return
            if not self._operation.preview:
                before = {key: value for key, value in component.outputs.items() if key in outputs}
                outputs = {**before, **known(outputs)}
            changed = replace(component, outputs=outputs)
            self._operation.record(Put(changed, urn), journal=changed != component)

    def read(self, wanted: Goal, id_: str) -> Registered:
        """Look at a resource that somebody else manages."""
        urn = self.claims.urn(wanted.parent, wanted.type, wanted.name)
        try:
            old = self.claims.claim(urn, wanted)
            self._require(wanted.needs())
            reference, _ = self._lifecycle(wanted)
            if id_ == UNKNOWN or not self._registry.get(reference).configured:
                return Registered(urn, "" if id_ == UNKNOWN else id_)
            if old is not None and not old.external:
                raise SandboxError(
                    f"{urn} is managed by this stack, so it cannot also be read with `get`. Give it another name."
                )
            read = self._read(replace(self._resource(urn, wanted, reference, {}, old), external=True), id_, wanted, old)
        except Broken:
            return self._failed(urn)
        except LeftAlone:
            return self._left_alone(urn)
        except Exception as error:
            return self.refuse(urn, str(error) or type(error).__name__)
        return Registered(urn, read.id, read.outputs)

    def _read(self, made: Resource, id_: str, wanted: Goal, old: Resource | None) -> Resource:
        def work() -> Resource:
            found = self._registry.get(made.provider).read(made.urn, id_, None, wanted.inputs)
            if not found.id:
                raise SandboxError(f"{made.type} with id {id_!r} does not exist. Correct the id.")
            read = replace(made, id=found.id, inputs=wanted.inputs, outputs=marked(made, found.outputs))
            self._operation.record(Put(read, old.urn if old else ""), journal=read != old)
            return read

        return self._operation.perform("read", made, work)

    def lookup(self, urn: str) -> Resource | None:
        """A resource that the program has registered."""
        return self._snapshot.news.get(urn)

    def finish(self) -> None:
        """Delete what the program no longer asks for. After a failure it may only be late: nothing is deleted."""
        if self._left:
            number = f"{len(self._left)} resources were" if len(self._left) > 1 else "One resource was"
            self._operation.log("info", f"{number} left alone: {', '.join(sorted(self._left))}.")
        if self._operation.failed or self._operation.stopped:
            return
        gone = [one.resource for one in self._snapshot.pending.values() if one.operation == "creating"]
        for resource in gone:
            if self.claims.unclaimed(resource.urn) and not self._operation.preview:
                adopt(self._operation, self._registry, resource)
        adopted = [entry for urn, entry in self._snapshot.news.items() if self.claims.unclaimed(urn)]
        self._deletion.run([*self._snapshot.olds.values(), *self._snapshot.condemned.values(), *adopted])
