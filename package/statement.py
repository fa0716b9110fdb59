"""What a user of the package has written, as settings."""

import json
from collections.abc import Mapping
from typing import Any, TypeVar

import pulumi
from pydantic import ValidationError
from pydantic.alias_generators import to_camel

from settings.mistake import from_validation, report
from settings.model import Model

M = TypeVar("M", bound=Model)


def stated(model: type[M], component: str, values: Mapping[str, Any]) -> M:
    """The values as settings. Raises `pulumi.RunError` that names every mistake, by the arguments' names."""
    try:
        return model.model_validate_json(json.dumps(_plain(values), default=_refuse), by_name=True, by_alias=False)
    except ValidationError as error:
        errors = [{**each, "loc": _as_written(each["loc"])} for each in error.errors(include_url=False)]
        raise pulumi.RunError(report(component, from_validation(component, errors))) from None


def _plain(value: Any) -> Any:
    """The value as JSON tells it to a strict model: all numbers come as floating-point ones."""
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _refuse(value: Any) -> Any:
    raise pulumi.RunError(
        f"An argument is {value!r} and not a value, so nothing can be checked before it is created. Only those that "
        "the schema does not call plain, such as the image, may be outputs of other resources."
    )


def _as_written(location: tuple[int | str, ...]) -> tuple[int | str, ...]:
    """The names that arguments have outside of Python; names below a mapping are the user's own."""
    return tuple(to_camel(step) if isinstance(step, str) and step.islower() else step for step in location)
