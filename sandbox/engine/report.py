"""What an operation came to, as the Pulumi CLI shows it: a tree of changes, outputs and counts."""

import json
from collections.abc import Iterator, Mapping

from rich.text import Text

from sandbox.engine import urn as urns
from sandbox.engine.diff import HIDDEN, PropertyDiff
from sandbox.engine.events import Diagnostic, Op, Result, Severity, Step
from sandbox.engine.property import Value

LONGEST = 70
"""Characters of a changed value that are shown."""

LONGEST_OUTPUT = 300
"""Characters of an output that are shown."""

SYMBOLS: dict[Op, tuple[str, str]] = {
    "create": ("+ ", "green"),
    "update": ("~ ", "yellow"),
    "refresh": ("~ ", "yellow"),
    "replace": ("+-", "magenta"),
    "delete": ("- ", "red"),
    "import": ("= ", "green"),
    "read": ("> ", "cyan"),
    "same": ("  ", ""),
}
DID: dict[Op, str] = {
    "create": "created",
    "update": "updated",
    "refresh": "refreshed",
    "replace": "replaced",
    "delete": "deleted",
    "import": "imported",
    "read": "read",
    "same": "unchanged",
}
_CHANGES: dict[str, tuple[str, str]] = {
    "add": ("+", "green"),
    "delete": ("-", "red"),
    "update": ("~", "yellow"),
    "same": (" ", ""),
}
SEVERITIES: dict[Severity, str] = {"info": "", "warning": "yellow", "error": "red"}


def report(result: Result) -> Iterator[Text]:
    """Changed resources, diagnostics, outputs and counts, line by line; of a failed preview only the diagnostics."""
    planned = result.ok or not result.preview
    if result.changed and planned:
        yield from _tree(result)
        yield Text()
    shown = [one for one in dict.fromkeys(result.diagnostics) if one.message.strip()]
    if shown:
        yield Text("Diagnostics:", "bold")
        for one in shown:
            yield from _diagnostic(one)
        yield Text()
    if not planned:
        return
    outputs = list(_outputs(result.old_outputs, result.outputs))
    if outputs:
        yield Text("Outputs:", "bold")
        yield from outputs
        yield Text()
    if not result.changed and result.outputs == result.old_outputs and result.ok:
        yield Text("No changes.")
    yield Text("Resources:", "bold")
    yield from _counts(result)
    yield Text()
    yield Text.assemble(("Duration: ", "bold"), _duration(result.seconds))


def _tree(result: Result) -> Iterator[Text]:
    """Changed resources under their parents, each with the properties that change.

    A URN may have several steps, since what was replaced before is deleted now; other than deletions come first.
    """
    steps: dict[str, Step] = {}
    for step in sorted(result.steps, key=lambda step: step.op == "delete"):
        steps[f"{step.urn}::{len(steps)}" if step.urn in steps else step.urn] = step
    shown = _with_parents(steps)
    children: dict[str, list[str]] = {}
    for key in shown:
        parent = steps[key].parent
        children.setdefault(parent if parent in shown else "", []).append(key)
    rows = list(_branches("", children, ""))
    types = max(len(lead) + len(shortened(steps[key].type)) for lead, _, key in rows)
    names = max(len(steps[key].name) for _, _, key in rows)
    status = "Plan" if result.preview else "Status"
    yield Text(f"     {'Type':<{types}}  {'Name':<{names}}  {status}", "bold")
    for lead, below, key in rows:
        step = steps[key]
        said = "" if step.op == "same" else step.op if result.preview else DID[step.op]
        type_ = lead + shortened(step.type)
        symbol, color = SYMBOLS[step.op]
        yield Text.assemble((f" {symbol}  ", color), f"{type_:<{types}}  {step.name:<{names}}  ", (said, color))
        for diff in step.diffs:
            yield Text("     ").append(f"{below}    ").append(_change(diff))


def _with_parents(steps: Mapping[str, Step]) -> list[str]:
    """Keys of the steps that change something, and of their ancestors, by type and name."""
    wanted: set[str] = set()
    for key, step in steps.items():
        above = key if step.op != "same" else ""
        while above in steps and above not in wanted:
            wanted.add(above)
            above = steps[above].parent
    return sorted(wanted, key=lambda key: (steps[key].type, steps[key].name, key))


def _branches(key: str, children: Mapping[str, list[str]], indent: str) -> Iterator[tuple[str, str, str]]:
    """Each step below `key`: the branch before its type, the one before lines under it, and its key."""
    below = children.get(key, [])
    for number, child in enumerate(below):
        last = number == len(below) - 1
        branch, space = ("└─ ", "   ") if last else ("├─ ", "│  ")
        if not key:
            branch = space = ""
        yield indent + branch, indent + space, child
        yield from _branches(child, children, indent + space)


def _change(diff: PropertyDiff) -> Text:
    symbol, color = _CHANGES[diff.kind]
    values = [_value(side) for side, there in ((diff.old, "add"), (diff.new, "delete")) if diff.kind != there]
    note = " (replaces)" if diff.replace else ""
    return Text(f"{symbol} {diff.path}: {' => '.join(values)}{note}", color)


def _diagnostic(one: Diagnostic) -> Iterator[Text]:
    about = f"{shortened(urns.type_of(one.urn))} ({urns.name_of(one.urn)}): " if one.urn else ""
    first, *others = one.message.rstrip().split("\n")
    yield (Text("  ").append(about, "bold").append(f"{one.severity}: ", SEVERITIES[one.severity]).append(first))
    for line in others:
        yield Text(f"    {line}")


def _outputs(old: Mapping[str, Value], new: Mapping[str, Value]) -> Iterator[Text]:
    names = sorted({*old, *new})
    width = max(map(len, names), default=0)
    for name in names:
        kind = "add" if name not in old else "delete" if name not in new else "update"
        if kind == "update" and old[name] == new[name]:
            kind = "same"
        symbol, color = _CHANGES[kind]
        sides = [
            _value(side[name], LONGEST_OUTPUT)
            for side in (old, new)
            if name in side and not (kind == "same" and side is old)
        ]
        yield Text(f"  {symbol} {name:<{width}}: {' => '.join(sides)}", color)


def _counts(result: Result) -> Iterator[Text]:
    counts = result.counts
    same = counts.pop("same", 0)
    for op, (symbol, color) in SYMBOLS.items():
        if number := counts.get(op):
            done = f"to {op}" if result.preview else DID[op]
            yield Text(f"    {symbol}{number} {done}", color)
    total = f"{sum(counts.values())} changes. " if len(counts) > 1 else ""
    if same or not counts:
        yield Text(f"    {total}{same} unchanged")
    elif total:
        yield Text(f"    {total.strip()}")


def _value(value: Value, longest: int = LONGEST) -> str:
    """A value on one line, of bounded length."""
    if value in ("[secret]", "[unknown]", HIDDEN):
        return str(value)
    text = json.dumps(value, ensure_ascii=False)
    if len(text) <= longest:
        return text
    lines = value.splitlines() if isinstance(value, str) else []
    if len(lines) > 1:
        return f"{json.dumps(lines[0], ensure_ascii=False)[: longest - 20]}… ({len(lines)} lines)"
    return f"{text[: longest - 20]}… ({len(text)} characters)"


def _duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}m{rest}s" if minutes else f"{rest}s" if seconds >= 1 else f"{seconds:.1f}s"


def to_json(result: Result) -> str:
    """The outcome for programs, with the names of `pulumi preview --json` where it has them."""
    return json.dumps(
        {
            "operation": result.operation,
            "preview": result.preview,
            "ok": result.ok,
            "interrupted": result.interrupted,
            "duration": round(result.seconds, 3),
            "changeSummary": result.counts,
            "steps": [
                {
                    "op": step.op,
                    "urn": step.urn,
                    "type": step.type,
                    "name": step.name,
                    "detailedDiff": {
                        diff.path: {
                            "kind": f"{diff.kind}-replace" if diff.replace else diff.kind,
                            "old": diff.old,
                            "new": diff.new,
                        }
                        for diff in step.diffs
                    },
                }
                for step in result.steps
            ],
            "outputs": dict(result.outputs),
            "diagnostics": [
                {"severity": one.severity, "urn": one.urn, "message": one.message} for one in result.diagnostics
            ],
        },
        indent=2,
    )


def shortened(type_: str) -> str:
    """`gcp:compute/network:Network` as `gcp:compute:Network`: the file name in a module says nothing new."""
    parts = type_.split(":")
    if len(parts) == 3:
        module, _, file = parts[1].rpartition("/")
        if module and file.lower() == parts[2].lower():
            parts[1] = module
    return ":".join(parts)
