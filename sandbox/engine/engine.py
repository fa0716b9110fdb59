"""The engine: preview, up, destroy and refresh of one stack."""

import signal
import threading
import time
from collections.abc import Callable, Generator, Sequence
from contextlib import chdir, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from sandbox.engine import urn as urns
from sandbox.engine.deletion import Deletion, left_behind, protected
from sandbox.engine.deployment import Deployment
from sandbox.engine.events import Name, OnEvent, Result
from sandbox.engine.monitor import Monitor
from sandbox.engine.operation import Broken, Operation
from sandbox.engine.plugins import Plugins
from sandbox.engine.program import Program
from sandbox.engine.property import Properties, redact, reveal
from sandbox.engine.recovery import adopt_unwanted, report
from sandbox.engine.references import StackReferences, outputs_of
from sandbox.engine.refreshing import refresh
from sandbox.engine.registry import Registry
from sandbox.engine.resource import Resource
from sandbox.engine.state import StateFile
from sandbox.engine.targets import Targets
from sandbox.errors import SandboxError


@dataclass(frozen=True)
class _Run:
    operation: Operation
    registry: Registry
    deletion: Deletion
    targets: Targets


class Engine:
    """Runs operations, one at a time, on a program's stack and its state file.

    Each returns a Result; a failed step is in it, and does not raise. Raises SandboxError when nothing could be
    started or the state could not be saved, KeyboardInterrupt when a person interrupts for the second time: what was
    in flight is then left to the journal.
    """

    def __init__(
        self,
        program: Program,
        state: Path,
        passphrase: str,
        plugins: Plugins,
        on_event: OnEvent,
        salt_state: str | None = None,
        targets: Sequence[str] = (),
        target_dependents: bool = False,
    ) -> None:
        """`state`: `<project>/<stack>.json` in a directory where stack references find other stacks.

        `salt_state`: the stack file's `encryptionsalt`, for a state that does not exist yet.
        `targets`: URNs, names, or patterns of either, of the only resources that operations are about;
        `target_dependents`: and of what depends on them.
        """
        self.desired: Sequence[Resource] = ()
        """What the program asked for in the last preview or `up`, secrets included."""
        self._targets = targets
        self._target_dependents = target_dependents
        self._references = StackReferences(state.absolute().parent.parent, program.project, passphrase)
        self._program = program
        self._state = StateFile(state.absolute(), passphrase, salt_state)
        self._plugins = plugins
        self._on_event = on_event

    def preview(self) -> Result:
        """What `up` would do. Providers are asked; nothing is changed."""
        return self._run("preview", True, self._deploy)

    def up(self) -> Result:
        """Make what exists into what the program asks for."""
        return self._run("up", False, self._deploy)

    def destroy(self, *, preview: bool = False) -> Result:
        """Delete all that the state holds, without running the program. Refused while one of it is protected."""
        return self._run("destroy", preview, self._destroy)

    def refresh(self, *, preview: bool = False) -> Result:
        """Bring the state up to date with what exists; the program is not run."""
        return self._run("refresh", preview, self._refresh)

    def outputs(self, *, show_secrets: bool = False) -> Properties:
        """The stack's outputs as last saved; secrets as `[secret]` unless asked for."""
        outputs = outputs_of(self._state.load(settle=False))
        return reveal(outputs) if show_secrets else redact(outputs)

    def _run(self, name: Name, preview: bool, work: Callable[[_Run], None]) -> Result:
        start = time.monotonic()
        snapshot = self._state.load(settle=not preview)
        old_outputs = outputs_of(snapshot)
        recorded = _providers([*snapshot.olds.values(), *snapshot.condemned.values()])
        journal = None if preview else self._state.journal()
        targets = Targets(self._targets, with_dependents=self._target_dependents)
        if name in ("destroy", "refresh"):
            begun = [pending.resource for pending in snapshot.pending]
            targets.require(entry.urn for entry in [*begun, *snapshot.entries()])
        operation = Operation(snapshot, journal, self._on_event, self._program.redaction)
        registry = Registry(self._plugins, preview, recorded.get, self._references)
        self._plugins.log = self._references.log = operation.log
        self._references.preview = preview
        report(operation, targets, name)
        try:
            # Plugins run in the program's directory: paths in its inputs are relative to it.
            with chdir(self._program.directory), _interruptible(operation), suppress(Broken):
                work(_Run(operation, registry, Deletion(operation, registry), targets))
        finally:
            registry.close()
        if isinstance(operation.broken, OSError):
            raise SandboxError(
                f"The journal of {self._state.path} could not be written: {operation.broken.strerror}, so the "
                "operation was stopped. What was done before is in it. Make room, then run the same again."
            ) from operation.broken
        if operation.broken is not None:
            raise operation.broken
        if journal is not None:
            journal.close()
            self._state.save(snapshot)
        return Result(
            operation=name,
            preview=preview,
            steps=tuple(operation.steps),
            diagnostics=tuple(operation.diagnostics),
            outputs=redact(outputs_of(snapshot)),
            old_outputs=redact(old_outputs),
            seconds=time.monotonic() - start,
            ok=not (operation.failed or operation.stopped),
            interrupted=operation.stopped,
        )

    def _deploy(self, run: _Run) -> None:
        deployment = Deployment(run.operation, run.registry, run.deletion, self._program, run.targets)
        monitor = Monitor(run.operation, deployment, run.registry)
        try:
            self._program.run(monitor, preview=run.operation.preview, log=run.operation.log)
        finally:
            monitor.close()
        deployment.finish()
        self.desired = tuple(run.operation.snapshot.news.values())

    def _destroy(self, run: _Run) -> None:
        snapshot = run.operation.snapshot
        doomed, implied = run.targets.select(snapshot.entries())
        kept = [entry for entry in doomed if entry.protect and not entry.delete]
        for entry in implied:
            run.operation.log("error", left_behind(entry), entry.urn)
        for entry in kept:
            run.operation.log("error", f"{protected(entry)} Nothing was deleted.", entry.urn)
        if implied or kept:
            return
        if adopt_unwanted(run.operation, run.registry, list(filter(run.targets.name, snapshot.creating))):
            run.deletion.run(run.targets.select(snapshot.entries())[0])

    def _refresh(self, run: _Run) -> None:
        resources, _ = run.targets.select(list(run.operation.snapshot.olds.values()))
        refresh(run.operation, run.registry, resources)


def _providers(resources: list[Resource]) -> dict[str, Resource]:
    """Provider resources by the reference that others have to them."""
    return {
        urns.reference(resource.urn, resource.id): resource for resource in resources if urns.is_provider(resource.type)
    }


@contextmanager
def _interruptible(operation: Operation) -> Generator[None]:
    """Ctrl-C or SIGTERM once: start nothing more, let what is in flight finish. Twice: KeyboardInterrupt."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def interrupted(_signal: int, _frame: object) -> None:
        if operation.stopped:
            raise KeyboardInterrupt(
                "Stopped at once. What was in flight is in the journal beside the state: the next run says what it "
                "was, and goes on from there."
            )
        operation.stopped = True
        operation.log(
            "warning",
            "Interrupted: nothing new is started, and what is in flight is finished. Interrupt again to stop now.",
        )

    before = {number: signal.signal(number, interrupted) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
