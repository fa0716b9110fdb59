"""What a user of the package has written, as settings."""

from collections.abc import Mapping
from typing import Any, TypeVar

import pulumi
from pydantic.alias_generators import to_camel

from settings.mistake import from_validation, report
from settings.model import Model
from settings.parsing import InvalidDataError, parse

M = TypeVar("M", bound=Model)


def stated(model: type[M], component: str, values: Mapping[str, Any]) -> M:
    """The values as settings. Raises `pulumi.RunError` that names every mistake, by the arguments' names."""
    try:
        return parse(model, _plain(values), by_name=True, by_alias=False)
    except InvalidDataError as error:
        errors = [{**each, "loc": _as_written(each["loc"])} for each in error.errors]
        raise pulumi.RunError(report(component, from_validation(component, errors))) from None


def _plain(value: Any) -> Any:
    """The value as JSON tells it to a strict model: all numbers come as floating-point ones."""
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, str | bool | int | float | None):
        return int(value) if isinstance(value, float) and value.is_integer() else value
    raise pulumi.RunError(
        f"An argument is {value!r} and not a value, so nothing can be checked before it is created. Only those that "
        "the schema does not call plain, such as the image, may be outputs of other resources."
    )


def _as_written(location: tuple[int | str, ...]) -> tuple[int | str, ...]:
    """The names that arguments have outside of Python; names below a mapping are the user's own."""
    return tuple(to_camel(step) if isinstance(step, str) and step.islower() else step for step in location)
