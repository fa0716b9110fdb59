"""Two revisions of a project, stack by stack."""

from collections.abc import Collection
from pathlib import Path

from sandbox.diff import prices
from sandbox.diff.cost import cost
from sandbox.diff.document import Document, StackDiff, State
from sandbox.diff.revision import revision
from sandbox.diff.risk import ALL, findings
from sandbox.errors import SandboxError
from sandbox.graph.evaluation import Evaluated, Request, evaluate
from sandbox.graph.installation import prepare
from sandbox.graph.node import Graph
from sandbox.graph.policy_pack import PolicyPack
from sandbox.project import Project


def compare(
    directory: Path, base: str, stack: str, allowed: Collection[str] = (), policies: PolicyPack | None = None
) -> Document:
    """The work tree in `directory` compared with the commit `base`; `stack` may be `all`.

    `allowed` are classes of risk and URNs that may be lost, or `all`. A stack that cannot be evaluated says why.
    Raises SandboxError where there is nothing to compare.
    """
    head = Project(directory)
    table = prices.load()
    with revision(directory, base) as before:
        old = set(Project(before.directory).stacks) if before.directory.is_dir() else set[str]()
        new = set(head.stacks)
        chosen = sorted(old | new) if stack == ALL else [stack]
        if missing := set(chosen) - old - new:
            raise SandboxError(
                f"There is no stack {missing.pop()!r}, neither in {directory} nor in {base}. Nothing was compared. "
                f"Choose one of: {', '.join(sorted(old | new))}, or {ALL}."
            )
        requests = [
            Request(name, before.directory if name in old else None, directory if name in new else None, policies)
            for name in chosen
        ]
        results = evaluate(prepare(), requests)
    diffs = (_stack(name, result, table, allowed) for name, result in zip(chosen, results, strict=True))
    return Document(project=head.name, base=before.commit, prices=table.note, stacks=tuple(diffs))


def _stack(name: str, result: Evaluated, table: prices.Prices, allowed: Collection[str]) -> StackDiff:
    before, after = result.before, result.after
    if result.error:
        return StackDiff(stack=name, state="failed", error=result.error, graph=before)
    if after is None:
        return StackDiff(stack=name, state="gone", graph=before)
    state: State = "both" if before else "new"
    return StackDiff(
        stack=name,
        state=state,
        changes=result.changes,
        findings=findings(result.changes, before, after, allowed),
        cost=cost(table, before, after, result.changes),
        violations=result.violations,
        warnings=result.warnings,
        graph=_with_deleted(before, after, {change.urn for change in result.changes if change.op == "delete"}),
    )


def _with_deleted(before: Graph | None, after: Graph, deleted: Collection[str]) -> Graph:
    gone = [node for node in before.nodes if node.urn in deleted] if before else []
    parents = {node.parent for node in gone} - {node.urn for node in after.nodes}
    lost = [node for node in before.nodes if node.urn in parents] if before else []
    nodes = sorted([*after.nodes, *gone, *lost], key=lambda node: node.urn)
    return after.model_copy(update={"nodes": tuple(nodes)})
