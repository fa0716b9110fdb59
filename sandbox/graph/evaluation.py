"""Stacks of one or two revisions, evaluated by the Pulumi CLI against stand-ins for the providers."""

import re
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from threading import Lock

from sandbox.errors import SandboxError
from sandbox.graph.change import Change
from sandbox.graph.computed import computed_texts
from sandbox.graph.deployment import Deployment
from sandbox.graph.node import Graph, Shown, graph
from sandbox.graph.offline import OfflineProject
from sandbox.graph.policy_pack import PolicyPack
from sandbox.graph.presentation import COMPUTED, Presentation
from sandbox.graph.resource import Resource
from sandbox.graph.run import Run
from sandbox.graph.violation import Violation
from sandbox.graph.workspace import Workspace
from sandbox.pulumi.installation import Installation

REFERENCE = re.compile(r'unknown stack "organization/[^/]+/([^"]+)"')
"""How the engine refuses a reference to a stack that there is not."""


@dataclass(frozen=True)
class Request:
    """A stack, and the directories of its project before and after; either may be missing."""

    stack: str
    before: Path | None = None
    after: Path | None = None
    policies: PolicyPack | None = None


class Evaluated(Shown):
    """The graphs of a stack before and after, and what leads from one to the other; with one revision, its own."""

    error: str = ""
    """Why nothing is known of the stack, or nothing of its head."""
    before: Graph | None = None
    after: Graph | None = None
    changes: tuple[Change, ...] = ()
    warnings: tuple[str, ...] = ()
    violations: tuple[Violation, ...] = ()
    """What the policy pack has against the graph after."""


def evaluate(installation: Installation, requests: Sequence[Request]) -> list[Evaluated]:
    """The evaluation of each request, in their order, side by side; one that fails says why in its `error`."""
    with Workspace.open(installation) as workspace, ThreadPoolExecutor(max(len(requests), 1)) as threads:
        evaluator = _Evaluator(workspace)
        return list(threads.map(evaluator.evaluate, requests))


@dataclass
class _Evaluator:
    """Evaluates stacks that may refer to each other."""

    workspace: Workspace
    _lock: Lock = field(default_factory=Lock)
    _locks: dict[str, Lock] = field(default_factory=dict[str, Lock])
    _waiting: dict[str, str] = field(default_factory=dict[str, str])
    """By stack, the one whose outputs its program reads."""
    _runs: dict[str, Run] = field(default_factory=dict[str, Run])

    def evaluate(self, request: Request) -> Evaluated:
        try:
            return self._evaluate(request)
        except SandboxError as error:
            return Evaluated(error=str(error))

    def _evaluate(self, request: Request) -> Evaluated:
        base: Sequence[Resource] = ()
        before = None
        presentation = Presentation(unknown=COMPUTED)
        if request.before:
            deployment = self._deployment(request, request.before, "before")
            if errors := self._up(deployment).errors:
                raise SandboxError(
                    _failure(request.stack, errors, "There is nothing to compare with: the base fails. ")
                )
            base = deployment.resources()
            presentation = Presentation(computed_texts(base))
            before = graph(deployment.project.name, request.stack, base, presentation)
            deployment.unprotect()
        if not request.after:
            return Evaluated(before=before)
        deployment = self._deployment(request, request.after, "after")
        run = self._with_references(deployment, lambda: deployment.preview(request.policies))
        if run.errors:
            return Evaluated(error=_failure(request.stack, run.errors), before=before)
        return Evaluated(
            before=before,
            after=graph(deployment.project.name, request.stack, _planned(run), presentation),
            changes=_changes(run, presentation),
            warnings=run.warnings,
            violations=run.violations,
        )

    def _deployment(self, request: Request, directory: Path, label: str) -> Deployment:
        environment = request.after or directory
        return Deployment(self.workspace, OfflineProject(directory), request.stack, environment, label)

    def _up(self, deployment: Deployment) -> Run:
        """The run that brought the stack up; whoever asks for the same stack gets the same run."""
        with self._lock:
            lock = self._locks.setdefault(deployment.stack, Lock())
        with lock:
            if deployment.stack not in self._runs:
                self._runs[deployment.stack] = self._with_references(deployment, deployment.up)
            return self._runs[deployment.stack]

    def _with_references(self, deployment: Deployment, operation: Callable[[], Run]) -> Run:
        """The operation's run, after those stacks of the project are up that the program refers to."""
        stacks = deployment.project.stacks
        for name in deployment.project.mentioned(deployment.stack):
            self._provide(deployment, name)
        run = operation()
        for _ in stacks:
            found = REFERENCE.search("\n".join(run.errors))
            if not found or found[1] not in stacks or not self._provide(deployment, found[1]):
                break
            run = operation()
        return run

    def _provide(self, deployment: Deployment, stack: str) -> bool:
        """Let the program read the outputs of another stack; False where that one cannot be brought up."""
        if not self._may_wait(deployment.stack, stack):
            return False
        referenced = replace(deployment, stack=stack, label="before")
        if self._up(referenced).errors:
            return False
        deployment.take_over(referenced)
        return True

    def _may_wait(self, stack: str, referenced: str) -> bool:
        """Whether the referenced stack does not wait for this one itself."""
        with self._lock:
            following = referenced
            while following in self._waiting and following != stack:
                following = self._waiting[following]
            if following != stack:
                self._waiting[stack] = referenced
        return following != stack


def _failure(stack: str, errors: Sequence[str], reason: str = "") -> str:
    return f"{reason}Stack {stack} cannot be evaluated:\n" + "\n".join(errors)


def _planned(run: Run) -> list[Resource]:
    """The resources that the stack would have."""
    states = {step["urn"]: step["newState"] for step in run.steps if step.get("newState")}
    return [Resource(state) for state in states.values()]


def _changes(run: Run, presentation: Presentation) -> tuple[Change, ...]:
    """What happens to resources that a provider manages; components are only in the state."""
    # What is replaced along with what it needs says only here which of its properties change.
    along = {step["urn"]: step.get("replaceReasons") for step in run.steps if step["op"] == "create-replacement"}
    # What is deleted along with a replacement may come back in a later step.
    steps = sorted(run.steps, key=lambda step: step["op"] != "delete-replaced")
    complete = ({**step, "diffReasons": step.get("diffReasons") or along.get(step["urn"])} for step in steps)
    found = {change.urn: change for step in complete if (change := Change.of(step, presentation))}
    former = {change.was for change in found.values()}
    return tuple(change for urn, change in sorted(found.items()) if urn not in former)
