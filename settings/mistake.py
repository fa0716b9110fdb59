"""A mistake in a stack file, told so that its author can repair it."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from pydantic_core import to_jsonable_python

from credentials_in_plain import redacted

LONGEST = 200
"""Characters of a value that are shown."""


class SettingError(ValueError):
    """What a value would lead to, and what to write instead.

    `at` leads from the model whose rule it breaks to the value, by attributes, such as ("traffic", "exposure").
    """

    def __init__(self, consequence: str, remedy: str, *at: str | int) -> None:
        super().__init__(f"{consequence} {remedy}")
        self.consequence = consequence
        self.remedy = remedy
        self.at = at


@dataclass(frozen=True)
class Mistake:
    """`value` is what the file states, as JSON, or a word in brackets for what is absent or secret."""

    key: str
    value: str
    consequence: str
    remedy: str

    def __str__(self) -> str:
        return f"  {self.key} = {self.value}\n    {self.consequence}\n    {self.remedy}"


class _Explanation(NamedTuple):
    consequence: str
    remedy: str


_WRONG_TYPE = "A value of another type cannot be used here."
_OUT_OF_RANGE = "The value is outside of what Google Cloud or Kubernetes can do with it."

_EXPLANATIONS: Mapping[str, _Explanation] = {
    "missing": _Explanation("The stack cannot be described without it.", "Add the key."),
    "extra_forbidden": _Explanation("Nobody reads this key, so it would have no effect.", "Remove it."),
    "model_type": _Explanation(_WRONG_TYPE, "Write a mapping of keys."),
    "dict_type": _Explanation(_WRONG_TYPE, "Write a mapping of keys."),
    "tuple_type": _Explanation(_WRONG_TYPE, "Write a list."),
    "string_type": _Explanation(_WRONG_TYPE, "Write a string; put quotes round a number."),
    "int_type": _Explanation(_WRONG_TYPE, "Write a whole number, without quotes."),
    "bool_type": _Explanation(_WRONG_TYPE, "Write true or false, without quotes."),
    "literal_error": _Explanation("There is no such choice.", "Write {expected}."),
    "greater_than_equal": _Explanation(_OUT_OF_RANGE, "Write at least {ge}."),
    "less_than_equal": _Explanation(_OUT_OF_RANGE, "Write at most {le}."),
    "string_pattern_mismatch": _Explanation(
        "It would be refused in this spelling.", "Write it in the pattern {pattern}."
    ),
    "string_too_short": _Explanation("Nothing is stated.", "Write a value."),
}


def from_validation(namespace: str, errors: Iterable[Mapping[str, Any]]) -> list[Mistake]:
    """The errors of settings.parsing as mistakes, keyed as in the stack file: `gke-webapp:google.zones[0]`."""
    return [_from_error(namespace, error) for error in errors]


def from_rule(namespace: str, steps: Sequence[str | int], error: SettingError, value: str) -> Mistake:
    """What a rule over the whole stack file yields."""
    return Mistake(f"{namespace}:{_path(steps)}", value, error.consequence, error.remedy)


def report(file: str, mistakes: Sequence[Mistake]) -> str:
    """All mistakes of one file, as text."""
    count = "1 mistake" if len(mistakes) == 1 else f"{len(mistakes)} mistakes"
    return f"{file} has {count}, so nothing was changed.\n\n" + "\n\n".join(map(str, mistakes))


def _from_error(namespace: str, error: Mapping[str, Any]) -> Mistake:
    context = error.get("ctx", {})
    cause = context.get("error")
    if isinstance(cause, SettingError):
        consequence, remedy = cause.consequence, cause.remedy
    else:
        fallback = _Explanation(f"{error['msg']}.", "See docs/stack.schema.json.")
        consequence, remedy = _EXPLANATIONS.get(error["type"], fallback)
        remedy = remedy.format(**context)
    names = [str(step) for step in error["loc"] if not _internal(step)]
    value = "[missing]" if error["type"] == "missing" else shown(names[-1], error["input"])
    return Mistake(f"{namespace}:{_path(error['loc'])}", value, consequence, remedy)


def shown(name: str, value: Any) -> str:
    """The value of that name as JSON, without credentials, and not more than what helps to find it."""
    text = json.dumps(redacted(to_jsonable_python(value, fallback=lambda _: "[secret]"), name))
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


def _path(location: Sequence[str | int]) -> str:
    steps = (f"[{step}]" if isinstance(step, int) else f".{step}" for step in location if not _internal(step))
    return "".join(steps).removeprefix(".")


def _internal(step: str | int) -> bool:
    """Pydantic's word for a mapping's key, or a tag of a union: no part of the stack file."""
    return isinstance(step, str) and step.startswith("[")
