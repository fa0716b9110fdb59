"""Data as settings, or with everything that is wrong with it."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypedDict, TypeVar, Unpack

from pydantic import ValidationError

from settings.model import INVALID, PARTIAL, RULE, Model

M = TypeVar("M", bound=Model)


class InvalidDataError(ValueError):
    """`errors` has a mapping for each mistake, as pydantic's `ValidationError.errors` gives them.

    `partial` is the model without its invalid fields: reading one of those raises UnjudgedError.
    """

    def __init__(self, errors: Sequence[Mapping[str, Any]], partial: Model) -> None:
        super().__init__(f"{len(errors)} errors")
        self.errors = errors
        self.partial = partial


class Names(TypedDict, total=False):
    """By which names keys are read; pydantic's defaults are the aliases alone."""

    by_name: bool
    by_alias: bool


def parse(model: type[M], data: Mapping[str, Any], **names: Unpack[Names]) -> M:
    """The data, of JSON's types, as a model. Raises InvalidDataError.

    pydantic judges a model only if all of its fields are valid. Here the valid ones are judged in any case. INVALID in
    place of a value is no mistake by itself.
    """
    try:
        return model.model_validate(data, **names)
    except ValidationError as error:
        errors: list[Any] = [
            each
            for each in error.errors(include_url=False)
            if each["type"] != RULE and (each["type"] == "missing" or each["input"] is not INVALID)
        ]
    partial = model.model_validate(_completed(data, errors), context=PARTIAL, **names)
    for steps, part in partial.iter_models():
        errors += [
            {
                **broken,
                "loc": (*steps, *broken["loc"]),
                "input": _stated(data, (*steps, *broken["loc"]), broken["input"]),
            }
            for broken in part.broken_rules()
        ]
    raise InvalidDataError(errors, partial)


def keys(location: Iterable[str | int]) -> list[str | int]:
    """A location without pydantic's words for a mapping's key, or a union's tag: no part of the data."""
    return [step for step in location if not (isinstance(step, str) and step.startswith("["))]


def _stated(data: Any, location: Iterable[str | int], default: Any) -> Any:
    """What the data holds there, or else the default."""
    try:
        for step in location:
            data = data[step]
    except (KeyError, TypeError):
        return default
    return data


def _completed(data: Mapping[str, Any], errors: Iterable[Mapping[str, Any]]) -> Any:
    """The data with something for every key that is missing, and without unknown keys."""
    completed = _copy(data)
    for error in errors:
        if error["type"] not in ("missing", "extra_forbidden"):
            continue
        *parents, last = keys(error["loc"])
        place = completed
        for step in parents:
            place = place[step]
        if error["type"] == "missing":
            place[last] = INVALID
        else:
            del place[last]
    return completed


def _copy(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _copy(item) for key, item in value.items()}
    return [*map(_copy, value)] if isinstance(value, list | tuple) else value
