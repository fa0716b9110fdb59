"""What would be done to a resource."""

from collections.abc import Iterator, Mapping
from typing import Any, Literal

from pydantic import Field

from sandbox.graph import urn as urns
from sandbox.graph.node import Shown
from sandbox.graph.presentation import Presentation
from sandbox.graph.property import REDACTED, contains, find, is_secret, parse_path
from sandbox.graph.resource import Resource
from sandbox.providers.difference import compare

Op = Literal["create", "import", "update", "replace", "delete"]
OPS: tuple[Op, ...] = ("create", "import", "update", "replace", "delete")

SYMBOLS: dict[Op, str] = {"create": "+", "import": "=", "update": "~", "replace": "±", "delete": "-"}

Kind = Literal["add", "delete", "update"]


class Property(Shown):
    """One property that changes."""

    path: str = Field(description="Such as spec.template.spec.containers[0].image.")
    kind: Kind
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
    def of(cls, step: Mapping[str, Any], presentation: Presentation) -> "Change | None":
        """The change that a step of a preview makes; None where nothing happens.

        (pulumi/pulumi: PreviewStep in pkg/display/json.go)
        """
        old, new = (Resource(step[side]) if step.get(side) else None for side in ("oldState", "newState"))
        op = _OPS.get(step["op"])
        if op is None or not any(side and side.custom for side in (old, new)):
            return None
        properties = ()
        if op in ("update", "replace") and old and new:
            properties = tuple(sorted(_properties(step, old, new, presentation), key=lambda item: item.path))
        if op == "update" and not properties:
            return None
        urn = step["urn"]
        was = old.urn if old and old.urn != urn else ""
        return cls(urn=urn, type=urns.type_of(urn), name=urns.name_of(urn), op=op, was=was, properties=properties)


_OPS: dict[str, Op] = {
    **{op: op for op in OPS},
    # Deleted along with what is replaced; one that comes back has a step of its own after this.
    "delete-replaced": "delete",
    "import-replacement": "replace",
}


def _properties(
    step: Mapping[str, Any], old: Resource, new: Resource, presentation: Presentation
) -> Iterator[Property]:
    """What the provider says that changes; where it says nothing, what differs."""
    replacing = [parse_path(path) for path in step.get("replaceReasons") or ()]
    for path, (kind, replaces, of_inputs) in (_detailed(step) or _differences(step, old, new)).items():
        place = parse_path(path)
        before = None if kind == "add" else find(old.inputs if of_inputs else old.outputs, place)
        after = None if kind == "delete" else find(new.inputs, place)
        # A value that is or was secret is shown on neither side.
        hidden = any(contains(side, is_secret) for side in (before, after))
        sides = [None if side is None else REDACTED if hidden else presentation.shown(side) for side in (before, after)]
        along = any(place[: len(pattern)] == pattern for pattern in replacing)
        yield Property(path=path, kind=kind, old=sides[0], new=sides[1], replaces=replaces or along)


def _detailed(step: Mapping[str, Any]) -> dict[str, tuple[Kind, bool, bool]]:
    """By path: the kind of the change, whether it replaces, whether the old value is among the inputs."""
    detailed = step.get("detailedDiff") or {}
    return {
        path: (change["kind"].removesuffix("-replace"), change["kind"].endswith("-replace"), change["inputDiff"])
        for path, change in detailed.items()
    }


def _differences(step: Mapping[str, Any], old: Resource, new: Resource) -> dict[str, tuple[Kind, bool, bool]]:
    """What differs in plain sight, and the secrets of which the provider says that they do."""
    found: dict[str, tuple[Kind, bool, bool]] = {
        path: (change.kind.name.lower(), False, True)  # pyright: ignore[reportAssignmentType]
        for path, change in compare(old.inputs, new.inputs).detailed_diff.items()
        if not all(contains(find(side.inputs, parse_path(path)), is_secret) for side in (old, new))
    }
    for key in step.get("diffReasons") or ():
        if all(contains(side.inputs.get(key), is_secret) for side in (old, new)):
            found[key] = ("update", False, True)
    return found
