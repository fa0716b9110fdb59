"""The comparison as one comment on a pull request."""

from collections.abc import Iterator, Sequence

from sandbox.diff.document import Cost, Document, Finding, StackDiff
from sandbox.graph import urn as urns
from sandbox.graph.change import OPS, SYMBOLS, Change, Op
from sandbox.graph.values import brief, sides
from sandbox.graph.violation import Violation

LIMIT = 65_536
"""Bytes; GitHub's limit for a comment is as many characters."""

RESERVE = 600
"""Bytes kept for the end of a comment that is cut."""

SHARE = 12_000
"""Bytes that a list of findings may take."""

ERROR_LINES = 200
"""Lines that are shown of why a stack could not be evaluated: each mistake of a stack file has four."""

MARKER = "<!-- infrastructure diff -->"
"""By which a workflow finds the comment it wrote before."""

HARMLESS = " ,;()-/→"
"""Besides letters and digits: what means nothing in the middle of a line."""

_LEADS: dict[Op, str] = {"create": "+", "import": "+", "update": "!", "replace": "!", "delete": "-"}
"""First characters that colour a line of a `diff` block."""


def markdown(document: Document) -> str:
    """At most LIMIT bytes; what does not fit is counted. No value in it can be more than text."""
    text = "\n".join(_summary(document)) + "\n"
    for stack in document.stacks:
        if stack.changes or stack.warnings or stack.violations or stack.error:
            text = _added(text, stack)
    return _cut(text)


def _summary(document: Document) -> Iterator[str]:
    yield MARKER
    yield "## Infrastructure diff"
    yield ""
    base = code(document.base[:12])
    yield f"What <code>pulumi up</code> would do, compared with {base}, evaluated without cloud or credentials."
    yield ""
    yield "| Stack | + | ~ | ± | - | Risk | A month |"
    yield "|---|--:|--:|--:|--:|---|--:|"
    for stack in document.stacks:
        counts = (stack.count("create") + stack.count("import"), *map(stack.count, ("update", "replace", "delete")))
        numbers = " | ".join(str(count or "") for count in counts)
        yield f"| {code(stack.stack)} | {numbers} | {_risk(stack)} | {_month(stack)} |"
    yield ""
    blocked = [
        f"- ⛔ {code(stack.stack)} {_told(finding)}"
        for stack in document.stacks
        for finding in stack.findings
        if finding.level == "blocked" and not finding.allowed
    ]
    if blocked:
        yield "**Blocked.** Nobody loses these by accident: allow the class or the URN, if it is meant."
        yield ""
        yield from _fitting(blocked)
        yield ""
    yield f"<sub>{document.prices}. Secrets are compared by ciphertext and never shown.</sub>"


def _risk(stack: StackDiff) -> str:
    if stack.state == "failed":
        return "❌ could not be evaluated"
    if stack.state == "gone":
        return "stack file removed: nothing is done, what is deployed stays"
    if not stack.changes:
        return "no change"
    blocked = sorted({item.risk for item in stack.findings if item.level == "blocked" and not item.allowed})
    allowed = sorted({item.risk for item in stack.findings if item.allowed})
    noted = sorted({item.risk for item in stack.findings if item.level == "notice"})
    groups = (("⛔ blocked:", blocked), ("✅ allowed:", allowed), ("👀", noted))
    told = [f"{label} {', '.join(risks)}" for label, risks in groups if risks]
    return "; ".join([*told, *(["new stack"] if stack.state == "new" else [])]) or "low"


def _month(stack: StackDiff) -> str:
    if stack.cost is None:
        return ""
    unknown = f", {len(stack.cost.unknown)} unknown" if stack.cost.unknown else ""
    return f"{stack.cost.signed}{unknown}"


def _added(text: str, stack: StackDiff) -> str:
    """The text with the stack's details, as far as they fit."""
    head = "\n".join(_opening(stack))
    fence, tail = ("```diff\n", "```\n\n</details>\n") if stack.changes else ("", "</details>\n")
    room = LIMIT - RESERVE - len((text + fence + tail).encode())
    if len(head.encode()) > room:
        return f"{text}\n{code(stack.stack)}: {len(stack.changes)} changes do not fit into this comment.\n"
    shown = list[str]()
    room -= len(head.encode())
    for change in stack.changes:
        block = "".join(f"{one}\n" for one in lines(change))
        room -= len(block.encode())
        if room < 0:
            break
        shown.append(block)
    left = len(stack.changes) - len(shown)
    cut = f"# {left} of {len(stack.changes)} changes do not fit into this comment.\n" if left else ""
    return f"{text}\n{head}\n{fence}{''.join(shown)}{cut}{tail}"


def _opening(stack: StackDiff) -> Iterator[str]:
    counted = (f"{stack.count(op)} {op}" for op in OPS if stack.count(op))
    state = "could not be evaluated" if stack.error else ", ".join(counted)
    yield f"<details><summary><b>{code(stack.stack)}</b> {state}</summary>"
    yield ""
    yield from (f"- ❌ {text(line)}" for line in stack.error.splitlines()[-ERROR_LINES:] if line.strip())
    yield from _fitting(
        [
            *(f"- {_mark(finding)} {_told(finding)}" for finding in stack.findings),
            *(f"- {_broken(violation)}" for violation in stack.violations),
            *(f"- ⚠️ {text(warning)}" for warning in stack.warnings),
            *(_costs(stack.cost) if stack.cost else ()),
        ]
    )
    yield ""


def _fitting(items: Sequence[str]) -> Iterator[str]:
    """Items of a list, as many as fit into SHARE bytes, and how many do not."""
    room = SHARE
    for number, item in enumerate(items):
        room -= len(item.encode())
        if room < 0:
            yield f"- and {len(items) - number} more"
            return
        yield item


def _broken(violation: Violation) -> str:
    mark = "⛔" if violation.level == "mandatory" else "👀"
    return f"{mark} policy {code(violation.policy)}: {_subject(violation.urn)}: {text(violation.message)}"


def _costs(cost: Cost) -> Iterator[str]:
    for item, before, after in cost.items:
        yield f"- 💵 {code(item)}: ${before:,.2f} → ${after:,.2f} a month"
    for item in cost.unknown:
        yield f"- 💵 {code(item)}: its price is not known, and in no sum"


def _mark(finding: Finding) -> str:
    return "👀" if finding.level == "notice" else "✅" if finding.allowed else "⛔"


def _told(finding: Finding) -> str:
    return f"**{finding.risk}** {_subject(finding.urn)}: {text(finding.message)}"


def _subject(urn: str) -> str:
    return code(f"{urns.shortened(urns.type_of(urn))} {urns.name_of(urn)}") if urn else "the stack"


def _cut(text: str) -> str:
    """The text within LIMIT; only where there are very many stacks is anything left to cut."""
    kept = text.encode()
    if len(kept) <= LIMIT:
        return text
    whole = kept[: LIMIT - RESERVE].rpartition(b"\n")[0].decode()
    return f"{whole}\n\nThere are more stacks than fit into this comment.\n"


def lines(change: Change) -> Iterator[str]:
    """A change as lines of a `diff` block, in which nothing means anything but the first character."""
    along = change.op == "replace" and not any(item.replaces for item in change.properties)
    reason = "  (along with what it needs)" if along else ""
    former = f"  (was {brief(urns.name_of(change.was))})" if change.was else ""
    head = f"{_LEADS[change.op]} {SYMBOLS[change.op]} {brief(urns.shortened(change.type))} {brief(change.name)}"
    yield f"{head}{former}{reason}"
    for item in change.properties:
        old, new = sides(item)
        note = "  (replaces)" if item.replaces else ""
        if old is not None:
            yield f"-     {brief(item.path)}: {old}{note if new is None else ''}"
        if new is not None:
            yield f"+     {brief(item.path)}: {new}{note}"


def text(words: str) -> str:
    """Words in which Markdown, HTML and GitHub find nothing to act on, be it a link that nobody marked as one."""
    return "".join(char if char.isalnum() or char in HARMLESS else f"&#{ord(char)};" for char in brief(words))


def code(words: str) -> str:
    """The same as code, where GitHub makes no mentions or links of it."""
    return f"<code>{text(words)}</code>"
