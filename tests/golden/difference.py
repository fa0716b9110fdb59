"""What the graph of a variant has in place of the one that it varies."""

from collections.abc import Iterator, Mapping
from typing import Any

from tests.golden.graph import Data

REMOVED = "[removed]"


def difference(base: Data, variant: Data) -> Data:
    """Resources that are added, whole; those that are removed; and changed properties by path.

    Nothing is lost: `base` and the result together are the whole graph of `variant`.
    """
    before, after = base["resources"], variant["resources"]
    changed = {urn: dict(_changes(before[urn], after[urn])) for urn in after if urn in before}
    sections = {
        "added": {urn: resource for urn, resource in after.items() if urn not in before},
        "removed": [urn for urn in before if urn not in after],
        "changed": {urn: paths for urn, paths in changed.items() if paths},
        "outputs": dict(_changes(base["outputs"], variant["outputs"])),
        "read": sorted({*variant["read"]} - {*base["read"]}),
    }
    return {name: section for name, section in sections.items() if section}


def _changes(before: Any, after: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Property paths, as Pulumi writes them, with the new values. A list of another length changes as a whole."""
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        for key in sorted(before.keys() | after.keys()):
            here = _below(path, key)
            if key in before and key in after:
                yield from _changes(before[key], after[key], here)
            else:
                yield here, after.get(key, REMOVED)
    elif path.startswith("dependencies."):
        if before != after:
            yield path, _set_difference(before, after)
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        for index, (old, new) in enumerate(zip(before, after, strict=True)):
            yield from _changes(old, new, f"{path}[{index}]")
    elif before != after:
        yield path, after


def _set_difference(before: Any, after: Any) -> dict[str, list[str]]:
    """Of lists of URNs, which have no order."""
    sides = {"added": sorted({*after} - {*before}), "removed": sorted({*before} - {*after})}
    return {side: urns for side, urns in sides.items() if urns}


def _below(path: str, key: str) -> str:
    if not key.replace("_", "").isalnum():
        return f'{path}["{key}"]'
    return f"{path}.{key}" if path else key
