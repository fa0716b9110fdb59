"""Who holds an object's fields, by its managedFields."""

import re
from collections.abc import Mapping, Sequence
from copy import deepcopy
from typing import Any

from sandbox.providers.kubernetes.errors import ApiError
from sandbox.providers.kubernetes.kinds import Object

TAKEN_OVER = {
    *(("kubectl", "Apply"), ("kubectl", "Update"), ("before-first-apply", "Update")),
    *((name, "Update") for name in ("pulumi-kubernetes", "pulumi-kubernetes.exe", "pulumi-resource-kubernetes")),
}
"""Field managers and operations whose fields an update takes over, as the published provider does.

The `pulumi-` ones are the published provider's own, from before its first server-side apply.
"""

BY_HAND = re.compile(r"kubectl(-\w+)*|before-first-apply|pulumi-kubernetes(\.exe)?|pulumi-resource-kubernetes")
"""Field managers whose values give way to the program's without being asked: what a person changed with kubectl.

The published provider reports a conflict with `kubectl edit` and its like; here `up` repairs such drift.
"""

STEPS = re.compile(r'\["((?:[^"\\]|\\.)*)"\]|\[(\d+|\*)\]|([^.\[\]]+)')


def managers(live: Object) -> set[str]:
    """The field managers of an object."""
    return {entry["manager"] for entry in live["metadata"].get("managedFields") or ()}


def gives_way(error: ApiError, ignored: Sequence[str] = ()) -> bool:
    """Whether a conflict is with nothing but changes made by hand, and fields that are `ignored`."""
    causes = error.answer.get("details", {}).get("causes") or ()
    return error.reason == "Conflict" and bool(causes) and all(_passes(cause, ignored) for cause in causes)


def taken_over(live: Object, manager: str) -> list[dict[str, Any]] | None:
    """The object's managedFields with `manager` in place of those that it takes over; None when there are none."""
    entries: list[dict[str, Any]] = live["metadata"].get("managedFields") or []
    others = [entry for entry in entries if _yields(entry)]
    if not others:
        return None
    kept: list[dict[str, Any]] = deepcopy([entry for entry in entries if not _yields(entry)])
    blank: dict[str, Any] = {**others[-1], "manager": manager, "operation": "Apply", "fieldsV1": {}}
    blank.pop("subresource", None)
    ours = next((entry for entry in kept if (entry["manager"], entry["operation"]) == (manager, "Apply")), blank)
    if ours is blank:
        kept.append(ours)
    for entry in others:
        ours["fieldsV1"] = _union(ours["fieldsV1"], entry["fieldsV1"])
    return kept


def without_ignored(thing: Object, live: Object, manager: str, paths: Sequence[str]) -> Object:
    """The object to apply when changes at `paths` are to be ignored.

    A field that only others hold is left out, such as the replicas under an autoscaler; any other keeps its live
    value. Paths into lists are left to the engine, as in the published provider.
    """
    thing = deepcopy(thing)
    entries = live["metadata"].get("managedFields") or ()
    for path in paths:
        found = STEPS.findall(path)
        steps = [quoted.replace('\\"', '"') or plain for quoted, _, plain in found]
        if any(index for _, index, _ in found):
            continue
        holders = {entry["manager"] for entry in entries if _at(entry.get("fieldsV1"), [f"f:{step}" for step in steps])}
        parent = _at(thing, steps[:-1])
        value = _at(live, steps)
        if parent is None or value is None:
            continue
        if holders and manager not in holders:
            parent[0].pop(steps[-1], None)
        else:
            parent[0][steps[-1]] = value[0]
    return thing


def _passes(cause: Mapping[str, str], ignored: Sequence[str]) -> bool:
    holder = re.search(r'conflict with "([^"]+)"', cause.get("message", ""))
    by_hand = holder is not None and BY_HAND.fullmatch(holder[1]) is not None
    return by_hand or cause.get("field", "").removeprefix(".") in ignored


def _yields(entry: Mapping[str, Any]) -> bool:
    return (entry["manager"], entry["operation"]) in TAKEN_OVER and entry.get("subresource") != "status"


def _union(one: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    """Two sets of fields, each a tree of names."""
    return {key: _union(one.get(key, {}), other.get(key, {})) for key in {**one, **other}}


def _at(value: Any, steps: Sequence[str]) -> list[Any] | None:
    """What is found there, in a list of one; None when there is nothing."""
    for step in steps:
        if not isinstance(value, dict) or step not in value:
            return None
        value = value[step]
    return [value]
