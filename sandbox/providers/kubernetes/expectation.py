"""Readiness that a program asks for itself, with the annotation `pulumi.com/waitFor`."""

import json
import re
from collections.abc import Callable

from sandbox.errors import SandboxError
from sandbox.providers.kubernetes.kinds import Object, annotation
from sandbox.providers.kubernetes.readiness import READY, Verdict, conditions

FIELD = re.compile(r"jsonpath=\{((?:\.\w+|\[\d+\])+)\}(?:=(.+))?")
CONDITION = re.compile(r"condition=(\w+)(?:=(\w+))?")


def expectation(thing: Object) -> Callable[[Object], Verdict] | None:
    """The rule in the annotation: one expression, or a JSON list of expressions that must all hold.

    `condition=Ready`, `condition=Ready=False`, `jsonpath={.status.phase}`, `jsonpath={.status.phase}=Active`.
    Raises SandboxError for any other expression.
    """
    text = annotation(thing, "waitFor")
    if not text:
        return None
    expressions: list[str] = json.loads(text) if text.lstrip().startswith("[") else [text]
    rules = [_rule(expression) for expression in expressions]

    def holds(live: Object) -> Verdict:
        return next((verdict for rule in rules if not (verdict := rule(live)).ready), READY)

    return holds


def _rule(expression: str) -> Callable[[Object], Verdict]:
    if found := CONDITION.fullmatch(expression):
        name, status = found[1], found[2] or "True"
        return lambda live: _verdict(conditions(live).get(name, {}).get("status") == status, expression)
    if found := FIELD.fullmatch(expression):
        steps = re.findall(r"\.(\w+)|\[(\d+)\]", found[1])
        wanted = found[2]
        return lambda live: _verdict(_reached(live, steps, wanted), expression)
    raise SandboxError(
        f"pulumi.com/waitFor: {expression!r} is not understood, so nothing would be waited for. "
        "Write condition=TYPE[=STATUS] or jsonpath={.path.to.field}[=VALUE]."
    )


def _reached(live: object, steps: list[tuple[str, str]], wanted: str | None) -> bool:
    for key, index in steps:
        if index and isinstance(live, list) and int(index) < len(live):
            live = live[int(index)]
        elif key and isinstance(live, dict):
            live = live.get(key)
        else:
            return False
    spelled = live if isinstance(live, str) else json.dumps(live)
    return live is not None if wanted is None else spelled == wanted


def _verdict(holds: bool, expression: str) -> Verdict:
    return READY if holds else Verdict(reason=f"{expression} does not hold yet")
