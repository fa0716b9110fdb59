"""What changes in a resource, property by property."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from sandbox.engine import path as paths
from sandbox.engine.property import Properties, Value, contains_secret, redact, reveal, signature

Kind = Literal["add", "delete", "update"]

HIDDEN = "[hidden]"
"""Stands for a value that the program does not want shown."""

INITIALIZATION = "#initerror"
"""Stands in `replace_on_changes` for a last attempt that left the resource not ready."""


@dataclass(frozen=True)
class PropertyDiff:
    """One property's change. Values are redacted: they are for people."""

    path: str
    kind: Kind
    old: Value = None
    new: Value = None
    replace: bool = False
    """The property cannot change in place."""


@dataclass(frozen=True)
class Diff:
    """A provider's judgement of a change."""

    changed: bool
    properties: tuple[PropertyDiff, ...] = ()
    replaces: tuple[str, ...] = ()
    """The properties that demand a replacement; the resource is updated in place when there is none."""
    delete_before_replace: bool = False


def compare(old: Properties, new: Properties) -> tuple[PropertyDiff, ...]:
    """Every leaf that differs, whether or not a side is secret."""
    return tuple(_compare(old, new, ()))


def _compare(old: Value, new: Value, path: paths.Path) -> Iterator[PropertyDiff]:
    if reveal(old) == reveal(new):
        return
    if isinstance(old, dict) and isinstance(new, dict) and not signature(old) and not signature(new):
        for key in sorted({*old, *new}):
            if key not in old:
                yield PropertyDiff(paths.text((*path, key)), "add", new=redact(new[key]))
            elif key not in new:
                yield PropertyDiff(paths.text((*path, key)), "delete", old=redact(old[key]))
            else:
                yield from _compare(old[key], new[key], (*path, key))
    elif isinstance(old, list) and isinstance(new, list):
        for index in range(max(len(old), len(new))):
            if index >= len(old):
                yield PropertyDiff(paths.text((*path, index)), "add", new=redact(new[index]))
            elif index >= len(new):
                yield PropertyDiff(paths.text((*path, index)), "delete", old=redact(old[index]))
            else:
                yield from _compare(old[index], new[index], (*path, index))
    else:
        yield _redacted(paths.text(path), "update", old, new)


def _redacted(path: str, kind: Kind, old: Value, new: Value, replace: bool = False) -> PropertyDiff:
    """A value that is or was secret is shown on neither side."""
    if contains_secret(old) or contains_secret(new):
        old, new = (None if side is None else "[secret]" for side in (old, new))
    return PropertyDiff(path, kind, redact(old), redact(new), replace)


def detailed(
    changes: Mapping[str, tuple[Kind, bool, bool]], inputs: Properties, outputs: Properties, new: Properties
) -> tuple[PropertyDiff, ...]:
    """A provider's own list: path -> (kind, whether it replaces, whether the old value is among the inputs)."""

    def described(path: str, kind: Kind, replaces: bool, of_inputs: bool) -> PropertyDiff:
        place = _place(path)
        before = paths.find(inputs if of_inputs else outputs, place)
        return _redacted(path, kind, before, paths.find(new, place), replaces)

    return tuple(described(path, *change) for path, change in sorted(changes.items()))


def _place(path: str) -> paths.Path:
    """A path that a provider wrote, which may follow no grammar."""
    try:
        return paths.parse(path)
    except ValueError:
        return (path,)


def flag(properties: Iterable[PropertyDiff], replaces: Sequence[str]) -> tuple[PropertyDiff, ...]:
    """The diffs, those at or below a path of `replaces` marked as replacing."""
    patterns = [_place(pattern) for pattern in replaces]

    def marked(diff: PropertyDiff) -> PropertyDiff:
        hit = any(paths.covers(pattern, _place(diff.path)) for pattern in patterns)
        return replace(diff, replace=True) if hit else diff

    return tuple(map(marked, properties))


def hide(properties: Iterable[PropertyDiff], patterns: Sequence[str]) -> tuple[PropertyDiff, ...]:
    """The diffs, those at or below a path of `hide_diffs` without their values."""
    hidden = [_place(pattern) for pattern in patterns]

    def shown(diff: PropertyDiff) -> PropertyDiff:
        if any(paths.covers(pattern, _place(diff.path)) for pattern in hidden):
            return replace(diff, old=HIDDEN, new=HIDDEN)
        return diff

    return tuple(map(shown, properties))


def apply_replace_on_changes(diff: Diff, patterns: Sequence[str], unready: bool) -> Diff:
    """The diff with the program's `replace_on_changes` taken in; `unready`: the last attempt failed to initialize."""
    if not patterns:
        return diff
    properties = flag(diff.properties, patterns)
    replaces = {*diff.replaces, *(change.path for change in properties if change.replace)}
    if unready and any(pattern in (INITIALIZATION, paths.ANY) for pattern in patterns):
        replaces.add(INITIALIZATION)
    return replace(
        diff, changed=diff.changed or bool(replaces), properties=properties, replaces=tuple(sorted(replaces))
    )
