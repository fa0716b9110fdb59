"""The outcome of a comparison, as `--json` prints it; docs/diff.schema.json describes it."""

from typing import Literal

from pydantic import Field

from sandbox.graph.change import Change, Op
from sandbox.graph.node import Graph, Shown
from sandbox.graph.violation import Violation

VERSION = 1
"""Grows when a field changes its meaning or goes away."""

State = Literal["both", "new", "gone", "failed"]
"""Which revision has the stack: new, only the head; gone, only the base. failed: it could not be evaluated."""


class Finding(Shown):
    """What a reviewer should know about a change."""

    level: Literal["blocked", "notice"] = Field(description="blocked: not without leave, given by class or by URN.")
    risk: str = Field(description="Class of the risk, such as cluster or image.")
    urn: str
    message: str
    allowed: bool = Field(default=False, description="Leave was given.")


class Cost(Shown):
    """Dollars a month, at list prices."""

    before: float
    after: float
    items: tuple[tuple[str, float, float], ...] = Field(
        description="What costs something, before and after: only where that differs."
    )
    unknown: tuple[str, ...] = Field(description="Changes whose price is not in the table; in neither sum.")

    @property
    def change(self) -> float:
        return round(self.after - self.before, 2)

    @property
    def signed(self) -> str:
        """The change as text, such as +$18.25."""
        sign = "+" if self.change > 0 else "-" if self.change < 0 else "±"
        return f"{sign}${abs(self.change):,.2f}"


class StackDiff(Shown):
    """One stack: what would change, and the graph that would be there then."""

    stack: str
    state: State = Field(
        description="new: only the head has the stack; gone: only the base has it, and nothing would be done; "
        "failed: it could not be evaluated, so nothing is known of what would be done."
    )
    error: str = Field(default="", description="Why the stack could not be evaluated.")
    changes: tuple[Change, ...] = ()
    findings: tuple[Finding, ...] = ()
    cost: Cost | None = None
    violations: tuple[Violation, ...] = Field(default=(), description="Rules of the policy pack that the head breaks.")
    warnings: tuple[str, ...] = ()
    graph: Graph | None = Field(
        description="The head's resources, and those that would be deleted; of a failed stack the base's, if known."
    )

    def count(self, op: Op) -> int:
        return sum(change.op == op for change in self.changes)

    @property
    def blocked(self) -> bool:
        """Something is done that needs leave and has none."""
        return any(finding.level == "blocked" and not finding.allowed for finding in self.findings)


class Document(Shown):
    """All stacks of one project."""

    version: int = VERSION
    project: str
    base: str = Field(description="The commit compared with.")
    prices: str = Field(description="Where the prices are from, and of when.")
    stacks: tuple[StackDiff, ...]

    @property
    def blocked(self) -> bool:
        return any(stack.blocked for stack in self.stacks)

    @property
    def incomplete(self) -> bool:
        """A stack could not be evaluated."""
        return any(stack.state == "failed" for stack in self.stacks)
