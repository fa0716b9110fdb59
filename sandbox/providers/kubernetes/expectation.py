"""Readiness that a program asks for itself, with the annotation `pulumi.com/waitFor`."""

import json
import re
from collections.abc import Callable

from sandbox.errors import SandboxError
from sandbox.providers.kubernetes.kinds import Object, annotation
from sandbox.providers.kubernetes.readiness import READY, Verdict, conditions

STEP = re.compile(r"""\.(\w+)|\[(\d+)\]|\[['"](.+?)['"]\]|\[\?\(?\s*@\.(\w+)\s*==\s*["'](.*?)["']\s*\)?\]""")
FIELD = re.compile(rf"jsonpath=\{{\s*\$?((?:{STEP.pattern})+)\s*\}}(?:=(.+))?")
CONDITION = re.compile(r"condition=(\w+)(?:=(\w+))?")


def expectation(thing: Object) -> Callable[[Object], Verdict] | None:
    """The rule in the annotation: one expression, or a JSON list of expressions that must all hold.

    `condition=Ready`, `condition=Ready=False`, `jsonpath={.status.phase}`, `jsonpath={.status.phase}=Active`,
    `jsonpath={.status.conditions[?(@.type=="Ready")].status}=True`. Raises SandboxError for any other expression.
    """
    text = annotation(thing, "waitFor")
    if not text:
        return None
    try:
        expressions: list[str] = json.loads(text) if text.lstrip().startswith("[") else [text]
    except json.JSONDecodeError:
        raise SandboxError(f"pulumi.com/waitFor: {text!r} is no JSON list of expressions. Correct it.") from None
    rules = [_rule(expression) for expression in expressions]

    def holds(live: Object) -> Verdict:
        generation = live["metadata"].get("generation", 0)
        if live.get("status", {}).get("observedGeneration", generation) < generation:
            return Verdict(reason="its controller has not seen the change yet")
        return next((verdict for rule in rules if not (verdict := rule(live)).ready), READY)

    return holds


def _rule(expression: str) -> Callable[[Object], Verdict]:
    if found := CONDITION.fullmatch(expression):
        name, status = found[1], found[2] or "True"
        return lambda live: _verdict(conditions(live).get(name, {}).get("status") == status, expression)
    if found := FIELD.fullmatch(expression):
        steps, wanted = STEP.findall(found[1]), found[found.re.groups]
        return lambda live: _verdict(_reached(live, steps, wanted), expression)
    raise SandboxError(
        f"pulumi.com/waitFor: {expression!r} is not understood, so nothing would be waited for. "
        "Write condition=TYPE[=STATUS] or jsonpath={.path.to.field}[=VALUE]."
    )


def _reached(live: object, steps: list[tuple[str, ...]], wanted: str | None) -> bool:
    for name, index, quoted, key, value in steps:
        if isinstance(live, list) and key:
            live = next((item for item in live if isinstance(item, dict) and item.get(key) == value), None)
        elif isinstance(live, list) and index and int(index) < len(live):
            live = live[int(index)]
        elif isinstance(live, dict) and (name or quoted):
            live = live.get(name or quoted)
        else:
            return False
    spelled = live if isinstance(live, str) else json.dumps(live)
    return live is not None if wanted is None else spelled == wanted


def _verdict(holds: bool, expression: str) -> Verdict:
    return READY if holds else Verdict(reason=f"{expression} does not hold yet")
