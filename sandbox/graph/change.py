"""What would be done to a resource."""

from typing import Any, Literal

from pydantic import Field

from sandbox.engine.diff import compare
from sandbox.engine.events import Step
from sandbox.engine.resource import Resource
from sandbox.graph.node import Shown
from sandbox.graph.stand_in import StandIns

Op = Literal["create", "import", "update", "replace", "delete"]
OPS: tuple[Op, ...] = ("create", "import", "update", "replace", "delete")

SYMBOLS: dict[Op, str] = {"create": "+", "import": "=", "update": "~", "replace": "±", "delete": "-"}


class Property(Shown):
    """One property that changes."""

    path: str = Field(description="Such as spec.template.spec.containers[0].image.")
    kind: Literal["add", "delete", "update"]
    old: Any = Field(default=None, description="Secrets as [secret], what only a provider knows as [computed].")
    new: Any = Field(default=None, description="The same; what is known only during `up` as [unknown].")
    replaces: bool = Field(default=False, description="It cannot change in place.")


class Change(Shown):
    """What would be done to one resource."""

    urn: str
    type: str
    name: str
    op: Op
    was: str = Field(default="", description="Its URN before, where an alias says so.")
    properties: tuple[Property, ...] = ()

    @classmethod
    def of(cls, step: Step, old: Resource | None, new: Resource | None, plugins: StandIns) -> "Change | None":
        """The change that a step makes of the old resource; None where nothing happens."""
        diffs = step.diffs
        if step.op == "replace" and not diffs and old and new:
            # Replaced along with what it needs, which no provider was asked about.
            diffs = compare(old.inputs, new.inputs)
        if step.op not in OPS or (step.op == "update" and not diffs):
            return None
        properties = (
            Property(
                path=diff.path,
                kind=diff.kind,
                old=plugins.honest(diff.old),
                new=plugins.honest(diff.new),
                replaces=diff.replace,
            )
            for diff in diffs
        )
        ordered = tuple(sorted(properties, key=lambda item: item.path))
        was = old.urn if old and old.urn != step.urn else ""
        return cls(urn=step.urn, type=step.type, name=step.name, op=step.op, was=was, properties=ordered)
