"""What new inputs change of a resource.

The published provider is built on Terraform's: these are the rules of Terraform's schema.
"""

import json
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pulumi.provider.experimental.provider import DiffResponse, PropertyDiff, PropertyDiffKind

from sandbox.providers.difference import REPLACING, spell
from sandbox.providers.difference import Path as PropertyPath
from sandbox.providers.gcp.equality import ZERO, is_same, short_name, text
from sandbox.providers.gcp.equivalence import Resource
from sandbox.providers.gcp.inputs import COMPUTED, Shape, properties, scalar
from sandbox.providers.gcp.resource_type import ResourceType
from sandbox.providers.values import UNKNOWN, has_unknown

Change = tuple[PropertyPath, PropertyDiffKind, bool]
"""Where, what, and whether it replaces the resource."""


@dataclass(frozen=True)
class Comparison:
    """Compares the outputs of a resource with its new inputs."""

    kind: ResourceType
    shape: Shape
    resource: Resource

    def response(self, old_inputs: Mapping[str, Any], ignored: Collection[str] = ()) -> DiffResponse:
        """All changes, but for those of properties that the program ignores, or gave neither before nor now."""
        state = _given(self.resource.state, self.resource.inputs, old_inputs)
        inputs = self.resource.inputs
        changes = [
            (spell(path), REPLACING[kind] if replaces else kind, replaces)
            for path, kind, replaces in self._members(self.shape, state, inputs, (), "")
            if path[0] not in ignored
        ]
        return DiffResponse(
            changes=bool(changes),
            replaces=[path for path, _, replaces in changes if replaces],
            diffs=list(dict.fromkeys(re.split(r"[.[]", path)[0] for path, _, _ in changes)),
            detailed_diff={path: PropertyDiff(kind, input_diff=True) for path, kind, _ in changes},
        )

    def outputs(self) -> dict[str, Any]:
        """What Google makes of an update: it keeps what it computed, also for inputs that the program leaves out."""
        state, known = self.resource.state, properties(self.shape)
        kept = {key: value for key, value in state.items() if key not in known}
        completed = self._completed(self.shape, state, self.resource.inputs, "")
        return {**self.kind.default_outputs, **kept, **completed}

    def _members(self, shape: Shape, old: Any, new: Any, path: PropertyPath, pattern: str) -> Iterator[Change]:
        for name, inner in properties(shape).items():
            computed = self._is_computed(shape, name, pattern)
            yield from self._property(
                inner, old.get(name), new.get(name), (*path, name), f"{pattern}.{name}".lstrip("."), computed=computed
            )

    def _property(
        self, shape: Shape, old: Any, new: Any, path: PropertyPath, pattern: str, *, computed: bool
    ) -> Iterator[Change]:
        if computed and (new is None or (new == [] and not isinstance(shape[0], str))):
            return
        equivalent = self.kind.equivalences.get(pattern)
        if new != UNKNOWN and equivalent and equivalent(old, new, self.resource):
            return
        if new == UNKNOWN or isinstance(shape, str):
            if not is_same(old, new, self._default(shape, pattern)):
                yield self._change(old, new, path, pattern)
        elif isinstance(shape, list):
            yield from self._list(shape[0], old or [], new or [], path, pattern)
        elif "*" in shape:
            yield from self._map(old or {}, new or {}, path, pattern)
        elif old is not None and new is not None:
            yield from self._members(shape, old, new, path, pattern)
        elif (old is not None) != (new is not None):
            changes = list(self._members(shape, old or {}, new or {}, path, pattern))
            if changes or not computed:
                at, kind, replaces = self._change(old, new, path, pattern)
                yield at, kind, replaces or any(inner for _, _, inner in changes)

    def _list(self, shape: Shape, old: list[Any], new: list[Any], path: PropertyPath, pattern: str) -> Iterator[Change]:
        inner = f"{pattern}[*]"
        if _covers(self.kind.sets, pattern):
            if self._set(shape, old, inner) != self._set(shape, new, inner) or has_unknown(new):
                yield self._change(old or None, new or None, path, pattern)
            return
        key = self.kind.keyed.get(pattern)
        if key and all(isinstance(element, Mapping) for element in new):
            order = {element.get(key): index for index, element in reversed([*enumerate(new)])}
            old = sorted(old, key=lambda element: order.get(element.get(key), len(new)))
        for index in range(max(len(old), len(new))):
            step = (*path, index)
            if index >= len(new):
                yield self._change(old[index], None, step, pattern)
            elif index >= len(old):
                yield self._change(None, new[index], step, pattern)
            else:
                yield from self._property(shape, old[index], new[index], step, inner, computed=False)

    def _map(
        self, old: Mapping[str, Any], new: Mapping[str, Any], path: PropertyPath, pattern: str
    ) -> Iterator[Change]:
        for key in {**old, **new}:
            if key not in old or key not in new or text(old[key]) != text(new[key]):
                yield self._change(old.get(key), new.get(key), (*path, key), pattern)

    def _change(self, old: Any, new: Any, path: PropertyPath, pattern: str) -> Change:
        kind = PropertyDiffKind.UPDATE
        if old is None or new is None:
            kind = PropertyDiffKind.ADD if old is None else PropertyDiffKind.DELETE
        condition = self.kind.replaces_if.get(pattern)
        replacing = (*self.kind.identity, *self.kind.replaces)
        replaces = _is_within(replacing, pattern) and not _is_within(self.kind.in_place, pattern)
        return path, kind, replaces or bool(condition and condition(old, new))

    def _set(self, shape: Shape, elements: list[Any], pattern: str) -> set[str]:
        """Each element as text, the same for those that mean the same."""
        return {json.dumps(self._normal(shape, element, pattern), sort_keys=True) for element in elements}

    def _normal(self, shape: Shape, value: Any, pattern: str) -> Any:
        if isinstance(value, Mapping):
            inner = properties(shape)
            normal = {
                key: self._normal(inner.get(key, inner.get("*")), item, f"{pattern}.{key}")
                for key, item in value.items()
            }
            return {key: item for key, item in normal.items() if item not in (*ZERO, {}, [])}
        if isinstance(value, list):
            items = [self._normal(shape[0], item, f"{pattern}[*]") for item in value]
            return sorted({str(item) for item in items}) if _covers(self.kind.sets, pattern) else items
        default = self._default(shape, pattern)
        return "" if default is not None and is_same(value, default) else short_name(text(value))

    def _completed(self, shape: Shape, old: Mapping[str, Any], new: Mapping[str, Any], pattern: str) -> dict[str, Any]:
        completed = dict(new)
        for name, inner in properties(shape).items():
            value, below = new.get(name), f"{pattern}.{name}".lstrip(".")
            if value is None and old.get(name) is not None and self._is_computed(shape, name, pattern):
                completed[name] = old[name]
            elif isinstance(inner, dict) and isinstance(value, Mapping) and isinstance(old.get(name), Mapping):
                completed[name] = self._completed(inner, old[name], value, below)
        return completed

    def _is_computed(self, shape: Shape, name: str, pattern: str) -> bool:
        path = f"{pattern}.{name}".lstrip(".")
        return f"{name}{COMPUTED}" in shape or path in self.kind.computed or _covers(self.kind.computed_inputs, path)

    def _default(self, shape: Shape, pattern: str) -> Any:
        declared = scalar(shape).default if isinstance(shape, str) else None
        return self.kind.defaults.get(pattern, declared)


def _given(state: Any, *inputs: Any) -> Any:
    """The part of a state that is among any of the inputs."""
    if isinstance(state, Mapping):
        mappings = [each for each in inputs if isinstance(each, Mapping)]
        return {
            key: _given(value, *(each[key] for each in mappings if key in each))
            for key, value in state.items()
            if any(key in each for each in mappings)
        }
    if isinstance(state, list):
        elements = [element for each in inputs if isinstance(each, list) for element in each]
        return [_given(element, *elements) for element in state]
    return state


def _covers(table: Collection[str], pattern: str) -> bool:
    """Whether a table of paths names this one, or every property beside it."""
    return pattern in table or f"{pattern.rpartition('.')[0]}.*" in table


def _is_within(table: Collection[str], pattern: str) -> bool:
    """Whether the path, or one above it, is in a table."""
    return any(pattern == path or pattern.startswith((f"{path}.", f"{path}[")) for path in table)
