"""Validation of a stack's configuration: the same for the program and for `python -m settings.stack`."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any, TypeVar

from settings import credential_rules, promotion, secrets, unread_keys
from settings.mistake import Mistake, from_rule, from_validation, report, shown
from settings.model import Model
from settings.parsing import InvalidDataError, keys, parse
from settings.stack_configuration import StackConfiguration, parsed, secret_keys
from settings.system import SystemSettings

M = TypeVar("M", bound=Model)


class InvalidConfigurationError(ValueError):
    """The message names every mistake in the stack file: key, value, consequence and remedy."""


def validate(model: type[M], configuration: StackConfiguration) -> M:
    """The configuration as settings. Raises InvalidConfigurationError."""
    values = configuration.plain(model)
    if issubclass(model, SystemSettings):
        values["environment"] = values.get("environment") or configuration.stack
    mistakes = [
        *secrets.mistakes(model, configuration, values),
        *_credentials(model, configuration, values),
        *_other_keys(model, configuration),
        *_promotion(configuration, values.get("image")),
    ]
    hidden = credential_rules.credentials(values)
    try:
        settings = parse(model, values)
    except InvalidDataError as error:
        reported = {mistake.key for mistake in mistakes}
        errors = [_explained(model, configuration.project, values, each) for each in error.errors]
        invalid = from_validation(configuration.project, errors)
        mistakes += [_masked(mistake, configuration) for mistake in invalid if mistake.key not in reported]
        settings = None
    if settings is None or mistakes:
        mistakes.sort(key=lambda mistake: mistake.key)
        printable = [_without(mistake, hidden.values()) for mistake in mistakes]
        raise InvalidConfigurationError(report(f"Pulumi.{configuration.stack}.yaml", printable))
    return settings


def _masked(mistake: Mistake, configuration: StackConfiguration) -> Mistake:
    """The mistake without any text of a value that is encrypted, which Pulumi hands to the program in plain."""
    key = mistake.key.removeprefix(f"{configuration.project}:").partition(".")[0].partition("[")[0]
    text = configuration.values.get(key) if key in configuration.encrypted else None
    if not text:
        return mistake
    return replace(_without(mistake, _texts(text)), value="[secret]")


def _without(mistake: Mistake, secrets: Iterable[str]) -> Mistake:
    """The mistake with none of these texts in its words."""
    words = (mistake.value, mistake.consequence, mistake.remedy)
    for secret in secrets:
        words = tuple(text.replace(secret, "[secret]") for text in words)
    return Mistake(mistake.key, *words)


def _credentials(model: type[Model], configuration: StackConfiguration, values: Mapping[str, Any]) -> Iterator[Mistake]:
    if issubclass(model, SystemSettings):
        plain = {key: value for key, value in values.items() if key not in configuration.encrypted}
        for steps, error in credential_rules.refused(configuration.project, plain):
            yield from_rule(configuration.project, steps, error, secrets.NOT_SHOWN)


def _promotion(configuration: StackConfiguration, image: Any) -> Iterator[Mistake]:
    source = image.get("promotedFrom") if isinstance(image, dict) else None
    if configuration.directory and source and isinstance(source, str):
        project = configuration.project
        if error := promotion.refused(configuration.directory, project, configuration.stack, source):
            yield from_rule(project, ["image", "promotedFrom"], error, json.dumps(source))


def _explained(
    model: type[Model], project: str, values: Mapping[str, Any], error: Mapping[str, Any]
) -> Mapping[str, Any]:
    """An error of an unknown key with what to write in its place."""
    if error["type"] != "extra_forbidden":
        return error
    known = [*unread_keys.key_paths(model), *secret_keys(model)]
    instead = unread_keys.of_project(project, keys(error["loc"]), error["input"], values, known)
    return {**error, "ctx": {"error": instead}}


def _other_keys(model: type[Model], configuration: StackConfiguration) -> Iterator[Mistake]:
    """Keys of other namespaces, and beside `config`, that have no effect."""
    known = {str(field.alias) for field in model.model_fields.values()}
    for key, text in configuration.others.items():
        if error := unread_keys.of_other_namespace(configuration.project, key, known):
            value = "[secret]" if text is None else shown(key, parsed(text))
            yield Mistake(key, value, error.consequence, error.remedy)
    for key in sorted({*configuration.beside} - {*unread_keys.STACK_FILE}):
        remedy = f"Remove it, or move it below `config`. Pulumi reads config, {', '.join(unread_keys.STACK_FILE)}."
        yield Mistake(key, "[not shown]", "Pulumi reads no such key of a stack file, so it has no effect.", remedy)


def _texts(text: str) -> Iterator[str]:
    """All text within a value of the configuration."""
    try:
        waiting: list[Any] = [json.loads(text)]
    except json.JSONDecodeError:
        waiting = [text]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            waiting += value.values()
        elif isinstance(value, list):
            waiting += value
        elif value and isinstance(value, str):
            yield value
