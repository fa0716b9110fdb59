"""Property-level differences between the inputs of the last update and the new ones."""

from collections.abc import Iterator, Mapping
from typing import Any

from pulumi.provider.experimental.provider import DiffResponse, PropertyDiff, PropertyDiffKind

Path = tuple[str | int, ...]

REPLACING = {
    PropertyDiffKind.ADD: PropertyDiffKind.ADD_REPLACE,
    PropertyDiffKind.DELETE: PropertyDiffKind.DELETE_REPLACE,
    PropertyDiffKind.UPDATE: PropertyDiffKind.UPDATE_REPLACE,
}


def compare(old: Mapping[str, Any], new: Mapping[str, Any]) -> DiffResponse:
    """The differences, all of which change the resource in place."""
    changes = list(_changes(old, new, ()))
    return DiffResponse(
        changes=bool(changes),
        diffs=list(dict.fromkeys(str(path[0]) for path, _ in changes)),
        detailed_diff={spell(path): PropertyDiff(kind, input_diff=True) for path, kind in changes},
    )


def spell(path: Path) -> str:
    """A path as Pulumi writes it: `metadata.annotations["example.com/a"]`, `ports[0].name`."""
    text = ""
    for step in path:
        if isinstance(step, int):
            text += f"[{step}]"
        elif any(mark in step for mark in '."[]'):
            quoted = step.replace('"', '\\"')
            text += f'["{quoted}"]'
        else:
            text += f".{step}" if text else step
    return text


def _changes(old: Any, new: Any, path: Path) -> Iterator[tuple[Path, PropertyDiffKind]]:
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        for key in [*old, *(key for key in new if key not in old)]:
            step = (*path, str(key))
            if key not in new:
                yield step, PropertyDiffKind.DELETE
            elif key not in old:
                yield step, PropertyDiffKind.ADD
            else:
                yield from _changes(old[key], new[key], step)
    elif isinstance(old, list) and isinstance(new, list):
        for index in range(max(len(old), len(new))):
            step = (*path, index)
            if index >= len(new):
                yield step, PropertyDiffKind.DELETE
            elif index >= len(old):
                yield step, PropertyDiffKind.ADD
            else:
                yield from _changes(old[index], new[index], step)
    elif old != new or isinstance(old, bool) != isinstance(new, bool):
        yield path, PropertyDiffKind.UPDATE
