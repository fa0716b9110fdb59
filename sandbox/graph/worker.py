"""One stack of one or two revisions, evaluated in this process, whose output is the result."""

import argparse
import os
import sys
from collections.abc import Collection, Generator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from pathlib import Path

from sandbox.engine.resource import Resource
from sandbox.errors import SandboxError
from sandbox.graph.change import Change
from sandbox.graph.evaluation import Evaluation, deployed, planned
from sandbox.graph.node import Graph, Shown, graph
from sandbox.graph.offline import OfflineProject
from sandbox.graph.stand_in import StandIns
from sandbox.policy_pack import PolicyPack
from sandbox.providers import BUILTIN
from sandbox.violation import Violation


class Evaluated(Shown):
    """The graphs of a stack before and after, and what leads from one to the other; with one revision, its own."""

    error: str = ""
    before: Graph | None = None
    after: Graph | None = None
    changes: tuple[Change, ...] = ()
    warnings: tuple[str, ...] = ()
    violations: tuple[Violation, ...] = ()
    """What the policy pack has against the graph after."""


def evaluate(stack: str, before: Path | None, after: Path | None, policies: PolicyPack | None = None) -> Evaluated:
    """Run the program of each revision, a directory with a Pulumi.yaml. Raises SandboxError."""
    plugins = StandIns(BUILTIN)

    def drawn(project: OfflineProject, resources: Mapping[str, Resource]) -> Graph:
        return graph(project.name, stack, resources.values(), plugins.honest)

    try:
        olds: Mapping[str, Resource] = {}
        old = new = evaluation = None
        if before:
            project, known = OfflineProject(before), set(sys.modules)
            try:
                with _importing(before):
                    olds = deployed(project.program(stack), plugins).resources
            except SandboxError as error:
                raise SandboxError(f"There is nothing to compare with, because the base fails. {error}") from None
            old = drawn(project, olds)
            _forget(set(sys.modules) - known)
        if after:
            project = OfflineProject(after)
            program = project.program(stack)
            with _importing(after):
                evaluation = planned(program, plugins, olds.values()) if before else deployed(program, plugins)
            new = drawn(project, evaluation.resources)
        if evaluation is None or new is None:
            return Evaluated(before=old)
        judged = [replace(item, inputs=plugins.unknowing(item.inputs)) for item in evaluation.resources.values()]
        return Evaluated(
            before=old,
            after=new,
            changes=_changes(evaluation, olds, plugins),
            warnings=evaluation.warnings,
            violations=tuple(policies.violations(judged, new.project, stack)) if policies else (),
        )
    finally:
        plugins.close()


def _changes(evaluation: Evaluation, olds: Mapping[str, Resource], plugins: StandIns) -> tuple[Change, ...]:
    """What happens to resources that a provider manages; components are only in the state."""
    found: dict[str, Change] = {}
    for step in evaluation.steps:
        new = evaluation.resources.get(step.urn)
        names = (step.urn, *(new.aliases if new else ()))
        old = next((olds[name] for name in names if name in olds), None)
        change = Change.of(step, old, new, plugins)
        if change and any(side is not None and side.custom for side in (old, new)):
            found[step.urn] = change
    return tuple(change for _, change in sorted(found.items()))


@contextmanager
def _importing(directory: Path) -> Generator[None]:
    """Programs below the top of their repository import what is there, of their own revision."""
    places = [directory, *directory.parents]
    top = next((place for place in places if (place / "pyproject.toml").exists()), directory)
    sys.path.insert(0, str(top))
    try:
        yield
    finally:
        sys.path.remove(str(top))


def _forget(modules: Collection[str]) -> None:
    """Drop what the program of one revision imported of its own, so that the next imports its own again."""
    for name in modules:
        file = getattr(sys.modules[name], "__file__", None)
        path = Path(file).resolve() if file else None
        if path and "site-packages" not in path.parts and not path.is_relative_to(sys.base_prefix):
            del sys.modules[name]


def main() -> None:
    """Print one JSON document; nothing that a program prints gets between."""
    parser = argparse.ArgumentParser(description="Evaluate a stack without cloud, cluster or credential.")
    parser.add_argument("stack")
    parser.add_argument("--before", type=Path)
    parser.add_argument("--after", type=Path)
    parser.add_argument("--policy-pack", type=Path)
    parser.add_argument("--policy-pack-config", type=Path)
    arguments = parser.parse_args()
    answer = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    pack = PolicyPack(arguments.policy_pack, arguments.policy_pack_config) if arguments.policy_pack else None
    try:
        with pack or nullcontext():
            evaluated = evaluate(arguments.stack, arguments.before, arguments.after, pack)
    except SandboxError as error:
        evaluated = Evaluated(error=str(error))
    with answer:
        answer.write(evaluated.model_dump_json())


if __name__ == "__main__":
    main()
