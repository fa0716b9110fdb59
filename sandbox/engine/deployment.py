"""Bringing a stack to what the program asks for, registration by registration.

(pulumi/pulumi: pkg/resource/deploy/step_generator.go and step.go)
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from sandbox.engine import urn as urns
from sandbox.engine.assets import hashed
from sandbox.engine.claims import Claims
from sandbox.engine.comparison import Comparison
from sandbox.engine.defaults import DefaultProviders, LeftAlone
from sandbox.engine.deletion import Deletion, left_behind, protected
from sandbox.engine.diff import Diff
from sandbox.engine.events import Step
from sandbox.engine.goal import Goal
from sandbox.engine.importing import adopt_existing, imports, keep_imported
from sandbox.engine.operation import Broken, Operation
from sandbox.engine.path import keep, parse
from sandbox.engine.program import Program
from sandbox.engine.property import UNKNOWN, Properties, contains_unknown, known
from sandbox.engine.provider import Lifecycle
from sandbox.engine.recovery import adopt, adopt_unwanted, discard, survivor
from sandbox.engine.registry import Registry
from sandbox.engine.replacement import Replacement
from sandbox.engine.resource import Resource
from sandbox.engine.snapshot import Begin, Put
from sandbox.engine.steps import Steps, marked
from sandbox.engine.targets import Targets
from sandbox.errors import SandboxError


@dataclass(frozen=True)
class Registered:
    """The answer to the program."""

    urn: str
    id: str = ""
    outputs: Properties = field(default_factory=dict)
    failed: bool = False
    """Its outputs stay unknown, and nothing that needs them is done."""
    absent: bool = False
    """It does not exist, and is not to be created now: its outputs stay unknown."""


class Deployment:
    """Serves registrations, each on a thread of its own and not before what it needs has been registered."""

    def __init__(
        self, operation: Operation, registry: Registry, deletion: Deletion, program: Program, targets: Targets
    ) -> None:
        self._targets = targets
        self._operation = operation
        self._registry = registry
        self._deletion = deletion
        self._snapshot = operation.snapshot
        self._steps = Steps(operation, registry)
        self._defaults = DefaultProviders(program, self._provider_registered)
        self._unsettled: set[str] = set()
        """Failed, or left alone."""
        self._left: list[str] = []
        """URNs of what was left alone, because of a failure or an interrupt."""
        self._absent: set[str] = set()
        """What the targets leave out although it does not exist yet."""
        self._exports: tuple[str, Properties] | None = None
        """URN and outputs of the stack itself."""
        self.claims = Claims(program, operation.snapshot, operation.lock)
        self._comparison = Comparison(operation, registry, self.claims)
        self._replacement = Replacement(operation, registry, deletion, self.claims, targets)

    def register(self, wanted: Goal) -> Registered:
        """Check, compare, and do what follows."""
        wanted = self._inheriting(wanted)
        urn = self.claims.urn(wanted.parent, wanted.type, wanted.name)
        return self._answer(urn, lambda: self._registered(urn, wanted))

    def _answer(self, urn: str, work: Callable[[], Registered]) -> Registered:
        try:
            return work()
        except Broken:
            return self._failed(urn)
        except LeftAlone:
            with self._operation.lock:
                self._left.append(urn)
            return self._failed(urn)
        except Exception as error:
            return self.refuse(urn, str(error) or type(error).__name__)

    def _registered(self, urn: str, wanted: Goal) -> Registered:
        old = self.claims.claim(urn, wanted)
        if not self._meant(urn, wanted):
            return self._spared(urn, wanted, old)
        self._require(wanted.needs())
        resource = self._settled(urn, wanted, old)
        return Registered(urn, resource.id, resource.outputs if wanted.custom else {})

    def refuse(self, urn: str, reason: str) -> Registered:
        """The registration failed for this reason."""
        self._operation.log("error", reason, urn)
        return self._failed(urn)

    def _failed(self, urn: str) -> Registered:
        with self._operation.lock:
            self._unsettled.add(urn)
        return Registered(urn, failed=True)

    def _require(self, needed: set[str]) -> None:
        """Raise LeftAlone unless all that is needed has succeeded, and work goes on."""
        with self._operation.lock:
            if self._operation.stopped or not self._unsettled.isdisjoint(needed):
                raise LeftAlone
            if absent := sorted(map(urns.name_of, self._absent & needed)):
                raise SandboxError(
                    f"It needs {', '.join(absent)}, which does not exist yet and is no target. It was not touched. "
                    "Make that a target too."
                )

    def _meant(self, urn: str, wanted: Goal) -> bool:
        """Whether the operation is about the resource; it is about the stack, and providers that can be had, too."""
        needs = wanted.needs()
        implied = wanted.type == urns.STACK or (urns.is_provider(wanted.type) and self._absent.isdisjoint(needs))
        return self._targets.include(urn, needs) or implied

    def _spared(self, urn: str, wanted: Goal, old: Resource | None) -> Registered:
        """What is no target stays as it is in the state, or is not there at all."""
        if old is None or old.pending_replacement:
            self._absent.add(urn)
            return Registered(urn, absent=True)
        if old.urn != urn:
            renamed = replace(old, urn=urn, parent=wanted.parent, aliases=(old.urn,))
            begun = self._snapshot.changing.get(old.urn)
            self._operation.record(Put(renamed, old.urn))
            if begun is not None:
                self._operation.record(Begin(begun.operation, renamed))
            old = renamed
        self._operation.perform("same", old, lambda: old)
        return Registered(urn, old.id, old.outputs if wanted.custom else {})

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
        if old is not None:
            old = survivor(self._operation, self._registry, old)
        begun = self._snapshot.changing.get(old.urn) if old is not None else None
        creating = self.claims.creating(urn)
        live = old if old is not None and not (old.external or old.pending_replacement) else None
        if importing := imports(wanted, old):
            new = wanted.resource(urn, reference, wanted.inputs, old)
            if not self._registry.get(reference).configured:
                return self._steps.create(lifecycle, new, "import")
            live = adopt_existing(self._steps, new, old)
        before = live.inputs if live is not None else creating.inputs if creating is not None else None
        asked = wanted.inputs
        if live is not None:
            for pattern in wanted.ignore_changes:
                asked = keep(asked, live.inputs, parse(pattern))
        inputs = self._checked(lifecycle, urn, before, asked)
        new = wanted.resource(urn, reference, inputs, old)
        if live is None and creating is not None and (creating.urn, creating.inputs) != (urn, inputs):
            live = adopt(self._operation, self._registry, creating, urn, old)
        if live is None:
            recreated = old is not None and old.pending_replacement
            if recreated:
                self._comparison.replaced.add(urn)
            return self._steps.create(
                lifecycle, new, "replace" if recreated else "create", old.urn if old is not None else ""
            )
        diff = self._comparison.diff(lifecycle, live, new)
        if diff.replaces:
            return self._replace(lifecycle, wanted, live, new, diff)
        if needless := self.claims.creating(urn):
            discard(self._operation, self._registry, needless, live)
        unfinished = begun is not None and begun.operation == "updating"
        if diff.changed or live.init_errors or unfinished:
            return self._steps.update(lifecycle, live, new, diff.properties)
        return self._steps.keep(live, new) if importing else self._steps.same(live, new)

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

    def _provider_registered(self, wanted: Goal) -> str:
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

    def _replace(self, lifecycle: Lifecycle | None, wanted: Goal, old: Resource, new: Resource, diff: Diff) -> Resource:
        if old.protect and new.protect:
            raise SandboxError(f"It would have to be replaced ({', '.join(diff.replaces)}). {protected(old)}")
        creating = self.claims.creating(new.urn)
        if wanted.import_id:
            keep_imported(self._operation, new, diff)
        before = creating.inputs if creating is not None else None
        new = replace(new, inputs=self._checked(lifecycle, new.urn, before, wanted.inputs))
        if creating is not None and (creating.urn, creating.inputs) != (new.urn, new.inputs):
            made = adopt(self._operation, self._registry, creating, new.urn, old)
            if made is not None:
                self._comparison.replaced.add(new.urn)
                return self._settled(new.urn, wanted, made)
        first = wanted.delete_before_replace
        if first is None:
            first = diff.delete_before_replace
        if first:
            self._replacement.delete_first(old)
        self._comparison.replaced.add(new.urn)
        return self._steps.create(lifecycle, new, "replace", old.urn, condemn=not first, diffs=diff.properties)

    def register_outputs(self, urn: str, outputs: Properties) -> None:
        """A component's outputs. Those of what failed are not known; then the old ones stay.

        The stack's own wait for the end: a program that fails has not exported all of them, and takes none away.
        (pulumi/pulumi: pkg/resource/deploy/step_executor.go)
        """
        if urns.type_of(urn) == urns.STACK:
            self._exports = urn, outputs
            return
        self._set_outputs(urn, outputs)

    def _set_outputs(self, urn: str, outputs: Properties) -> None:
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
        return self._answer(urn, lambda: self._looked_up(urn, wanted, id_))

    def _looked_up(self, urn: str, wanted: Goal, id_: str) -> Registered:
        old = self.claims.claim(urn, wanted)
        self._require(wanted.needs())
        reference, _ = self._lifecycle(wanted)
        if id_ == UNKNOWN or not self._registry.get(reference).configured:
            return Registered(urn, "" if id_ == UNKNOWN else id_)
        if old is not None and not old.external:
            raise SandboxError(
                f"{urn} is managed by this stack, so it cannot also be read with `get`. Give it another name."
            )
        read = self._read(replace(wanted.resource(urn, reference, {}, old), external=True), id_, wanted, old)
        if needless := self.claims.creating(urn):
            discard(self._operation, self._registry, needless, read)
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
        return self._snapshot.live(urn)

    def _export(self) -> None:
        """Set the stack's outputs, now that it is known whether all went well."""
        if self._exports is None or self._operation.broken is not None:
            return
        urn, outputs = self._exports
        stack = self._snapshot.news.get(urn)
        if stack is not None and (self._operation.failed or self._operation.stopped):
            outputs = {**stack.outputs, **known(outputs)}
        self._set_outputs(urn, outputs)

    def finish(self) -> None:
        """Delete what the program no longer asks for. After a failure it may only be late: nothing is deleted."""
        self._export()
        if self._operation.failed or self._operation.stopped:
            self._tell_undone()
            return
        try:
            self._targets.require([*self.claims.goals, *(entry.urn for entry in self._snapshot.entries())])
        except SandboxError as error:
            self._operation.log("error", str(error))
            return
        unwanted = [urn for urn in self._snapshot.creating if self.claims.unclaimed(urn) and self._targets.name(urn)]
        if adopt_unwanted(self._operation, self._registry, unwanted):
            self._deletion.run(self._unwanted())

    def _tell_undone(self) -> None:
        """Tell what is missing now, and what was left alone."""
        missing = [] if self._operation.preview else self._deletion.missing
        for entry in missing:
            self._operation.steps.append(Step(entry.urn, "delete", entry.parent))
            self._operation.log(
                "warning", "It was deleted to be made anew, and was not made: it is missing. Run `up` again.", entry.urn
            )
        gone = {self.claims.renamed.get(entry.urn, entry.urn) for entry in missing}
        if left := sorted(urns.name_of(urn) for urn in self._left if urn not in gone):
            number = f"{len(left)} resources were" if len(left) > 1 else "One resource was"
            self._operation.log("info", f"{number} left alone: {', '.join(left)}.")

    def _unwanted(self) -> list[Resource]:
        """What the program no longer asks for; of it, the targets only."""
        gone = [entry for entry in self._snapshot.entries() if entry.delete or self.claims.unclaimed(entry.urn)]
        selected, implied = self._targets.select(gone)
        for entry in implied:
            self._operation.log("error", left_behind(entry), entry.urn)
        return [] if implied else selected
