"""The one strict base of every settings model, and the rules that its values keep."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from pydantic import (
    BaseModel,
    ConfigDict,
    PrivateAttr,
    ValidationError,
    ValidationInfo,
    ValidatorFunctionWrapHandler,
    field_validator,
    model_validator,
)
from pydantic.alias_generators import to_camel
from pydantic_core import InitErrorDetails, PydanticCustomError

from settings.mistake import SettingError

INVALID = object()
"""Stands for a value that is a mistake, where the rest is judged nevertheless."""

PARTIAL = object()
"""As validation context: invalid fields are left out instead of raising, so that rules can judge the others."""

RULE = "rule"
"""Type of the errors that come from rules, among pydantic's own."""

Steps = tuple[str | int, ...]
Rule = TypeVar("Rule", bound=Callable[[Any], Iterator[SettingError]])


class UnjudgedError(Exception):
    """A rule asked for a value that is a mistake itself, and so cannot be judged yet."""


def rule(check: Rule) -> Rule:
    """Marks a method that yields a SettingError for each mistake among the values of its model.

    All of them are judged, whatever another one says. A rule that reads an invalid value ends there.
    """
    check.__dict__["is_rule"] = True
    return check


class Model(BaseModel):
    """Frozen; keys are camelCase in the stack file; unknown keys and implicit conversions are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, alias_generator=to_camel)

    _valid_items: dict[str, Any] = PrivateAttr(default_factory=dict[str, Any])
    """Of a partial model: the items without a mistake in each mapping or list with one."""

    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any:
            if name in type(self).model_fields:
                raise UnjudgedError(name)
            return super().__getattr__(name)

    @field_validator("*", mode="wrap")
    @classmethod
    def _validate_field(cls, value: Any, validate: ValidatorFunctionWrapHandler, info: ValidationInfo) -> Any:
        # Strict tuples are read from lists of JSON alone, and not behind a validator in Python.
        value = tuple(value) if isinstance(value, list) else value
        if info.context is not PARTIAL:
            return validate(value)
        try:
            return INVALID if value is INVALID else validate(value)
        except ValidationError:
            return _Invalid(_valid_items(value, validate))

    @model_validator(mode="after")
    def _validate_rules(self, info: ValidationInfo) -> "Model":
        if info.context is PARTIAL:
            values: dict[str, Any] = vars(self)
            for name, value in [*values.items()]:
                if value is INVALID or isinstance(value, _Invalid):
                    del values[name]
                    self._valid_items[name] = value.items if isinstance(value, _Invalid) else {}
        elif errors := [*self.broken_rules()]:
            details: list[InitErrorDetails] = [
                {
                    "type": PydanticCustomError(RULE, "{error}", error["ctx"]),
                    "loc": error["loc"],
                    "input": error["input"],
                }
                for error in errors
            ]
            raise ValidationError.from_exception_data(type(self).__name__, details)
        return self

    def broken_rules(self) -> Iterator[dict[str, Any]]:
        """The mistakes among the values of this model, without those inside of its parts, as pydantic's errors."""
        for check in _rules(type(self)):
            try:
                for error in check(self):
                    steps, value = self._located(error.at)
                    yield {"type": RULE, "loc": steps, "input": value, "ctx": {"error": error}}
            except UnjudgedError:
                continue

    def _located(self, attributes: Steps) -> tuple[Steps, Any]:
        """Keys and value of an attribute, such as ("traffic", "exposure"), as the stack file states it."""
        keys: list[str | int] = []
        value: Any = self
        for step in attributes:
            if isinstance(value, Model):
                keys.append(type(value).model_fields[str(step)].alias or step)
                value = value.__dict__.get(str(step))
            else:
                keys.append(step)
                value = value and value[step]
        return tuple(keys), value

    def iter_models(self) -> Iterator[tuple[Steps, "Model"]]:
        """This model and all below it that are valid or partial, each with its keys."""
        yield (), self
        for name, field in type(self).model_fields.items():
            for steps, part in _models(self.__dict__.get(name, self._valid_items.get(name))):
                yield (field.alias or name, *steps), part


class _Invalid(NamedTuple):
    """A value with a mistake, and those of its items that have none."""

    items: Mapping[str | int, Any]


@cache
def _rules(model: type[Model]) -> list[Callable[[Model], Iterator[SettingError]]]:
    """In the order of their declaration; one of a derived model takes the place of its base's of the same name."""
    members = {name: member for base in reversed(model.__mro__) for name, member in vars(base).items()}
    return [member for member in members.values() if getattr(member, "is_rule", False) is True]


def _valid_items(value: Any, validate: ValidatorFunctionWrapHandler) -> dict[str | int, Any]:
    valid: dict[str | int, Any] = {}
    if isinstance(value, Mapping):
        for key, item in value.items():
            with suppress(ValidationError):
                valid[key] = validate({key: item})[key]
    elif isinstance(value, tuple):
        for index, item in enumerate(value):
            with suppress(ValidationError):
                valid[index] = validate((item,))[0]
    return valid


def _models(value: Any) -> Iterator[tuple[Steps, Model]]:
    """The models in a value, each with its keys there."""
    if isinstance(value, Model):
        yield from value.iter_models()
        return
    items = value.items() if isinstance(value, Mapping) else enumerate(value) if isinstance(value, tuple) else ()
    for key, item in items:
        for steps, part in _models(item):
            yield (key, *steps), part
