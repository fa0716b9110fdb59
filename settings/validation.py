"""Validation of a stack's configuration: the same for the program and for `python -m settings.stack`."""

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from pydantic import ValidationError

from settings.image import ImageSettings
from settings.mistake import Mistake, from_validation, report
from settings.model import Model
from settings.system import SystemSettings
from settings.variables import refusals

REGISTRY_TOKEN = "registryToken"
PULL_TOKEN = "pullToken"
SECRET_VARIABLES = "secretVariables"
SECRETS = (REGISTRY_TOKEN, PULL_TOKEN, SECRET_VARIABLES)

M = TypeVar("M", bound=Model)


class InvalidConfigurationError(ValueError):
    """The message names every mistake in the stack file: key, value, consequence and remedy."""


@dataclass(frozen=True)
class StackConfiguration:
    """The configuration of one stack as Pulumi hands it to the program."""

    project: str
    stack: str
    values: Mapping[str, str | None]
    """By key without the project's namespace. Mappings and lists are JSON; None: encrypted, and not decrypted here."""
    encrypted: Collection[str]
    """Keys whose value is encrypted, in whole or in part."""

    def secrets(self, model: type[Model]) -> dict[str, str | None]:
        """The values of the model's secret keys; an empty one is the project file's default, and counts as absent."""
        return {key: self.values[key] for key in secret_keys(model) if self.values.get(key, "") != ""}

    def with_secrets(self, model: type[Model], keys: Collection[str]) -> "StackConfiguration":
        """The same with those secret keys of the model that it lacks, as if they stood encrypted in the file."""
        added = set(secret_keys(model)).intersection(keys) - self.secrets(model).keys()
        values = {**self.values, **dict.fromkeys(added)}
        return replace(self, values=values, encrypted={*self.encrypted, *added})


def secret_keys(model: type[Model]) -> tuple[str, ...]:
    """Keys that must be encrypted in the stack file of a program with these settings."""
    return (*SECRETS, *model.secrets) if issubclass(model, SystemSettings) else ()


def validate(model: type[M], configuration: StackConfiguration) -> M:
    """The configuration as settings. Raises InvalidConfigurationError."""
    values = {
        key: _parsed(text)
        for key, text in configuration.values.items()
        if text is not None and key not in secret_keys(model) and key not in configuration.encrypted
    }
    if issubclass(model, SystemSettings):
        values["environment"] = values.get("environment") or configuration.stack
    mistakes = [*_secret_mistakes(model, configuration, values.get("image")), *_encrypted(model, configuration)]
    try:
        settings = model.model_validate_json(json.dumps(values))
    except ValidationError as error:
        reported = {mistake.key for mistake in mistakes}
        invalid = from_validation(configuration.project, error.errors(include_url=False))
        mistakes += [mistake for mistake in invalid if mistake.key not in reported]
        raise _invalid(configuration, mistakes) from None
    if not mistakes and isinstance(settings, SystemSettings):
        mistakes = _duplicates(configuration, settings.variables)
    if mistakes:
        raise _invalid(configuration, mistakes)
    return settings


def _invalid(configuration: StackConfiguration, mistakes: list[Mistake]) -> InvalidConfigurationError:
    return InvalidConfigurationError(report(f"Pulumi.{configuration.stack}.yaml", mistakes))


def _parsed(text: str) -> Any:
    """Mappings and lists arrive as JSON; everything else is text."""
    if text.startswith(("{", "[")):
        try:
            return json.loads(text)
        except json.JSONDecodeError:
            return text
    return text


def _secret_mistakes(model: type[Model], configuration: StackConfiguration, image: Any) -> Iterator[Mistake]:
    """Secrets that are missing, in plain text, or of another shape. Only the variables' names are looked at."""
    if not issubclass(model, SystemSettings):
        return
    present, project = configuration.secrets(model), configuration.project
    accepted = _accepted_tokens(image)
    if accepted and not accepted.intersection(present):
        key = f"{project}:{REGISTRY_TOKEN}"
        yield Mistake(key, "[missing]", "Without the registry's token no image can be pushed or pulled.", _command(key))
    for key in (f"{project}:{name}" for name in model.secrets if name not in present):
        yield Mistake(key, "[missing]", "The program cannot do its work without this secret.", _command(key))
    for key in (f"{project}:{name}" for name in sorted(present) if name not in configuration.encrypted):
        consequence = "It stands in the stack file in plain text, for everyone who can read the repository."
        yield Mistake(key, "[not shown]", consequence, f"Revoke it. {_command(key)}")
    if text := present.get(SECRET_VARIABLES):
        yield from _variable_mistakes(f"{project}:{SECRET_VARIABLES}", _parsed(text))


def _accepted_tokens(image: Any) -> set[str]:
    """The tokens of which the image needs one; empty in Artifact Registry."""
    try:
        stated = ImageSettings.model_validate_json(json.dumps(image))
    except ValidationError:
        return {REGISTRY_TOKEN}
    if stated.artifact_repository:
        return set()
    return {REGISTRY_TOKEN, PULL_TOKEN} if stated.digest or stated.promoted_from else {REGISTRY_TOKEN}


def _command(key: str) -> str:
    return f"Run `pulumi config set --secret {key}` and enter it when asked."


def _variable_mistakes(key: str, variables: Any) -> Iterator[Mistake]:
    """The values of secret variables are looked at for nothing but their type."""
    remedy = f"Run `pulumi config set --secret --path {key}.NAME`, NAME in letters, digits and underscores."
    if not isinstance(variables, dict) or not all(isinstance(value, str) for value in variables.values()):
        yield Mistake(key, "[not shown]", "These are not strings by name.", remedy)
        return
    for name in refusals(variables):
        consequence = "No variable can have this name, or the program itself sets it."
        yield Mistake(f"{key}.{name}", "[not shown]", consequence, remedy)


def _duplicates(configuration: StackConfiguration, plain: Collection[str]) -> list[Mistake]:
    """Variables that are secret and stated in plain."""
    key = f"{configuration.project}:{SECRET_VARIABLES}"
    secret = _parsed(configuration.values.get(SECRET_VARIABLES) or "{}")
    consequence, remedy = "It stands in workload, too, so one of the two would be lost.", "State each variable once."
    return [
        Mistake(f"{key}.{name}", "[not shown]", consequence, remedy) for name in sorted(set(plain).intersection(secret))
    ]


def _encrypted(model: type[Model], configuration: StackConfiguration) -> Iterator[Mistake]:
    """Keys that are encrypted and no secrets: their values would come out readable, in names, images and logs."""
    secrets = secret_keys(model)
    for key in configuration.values:
        if key in configuration.encrypted and key not in secrets:
            yield Mistake(
                f"{configuration.project}:{key}",
                "[secret]",
                "This key holds an encrypted value, which the program would have to use in plain text.",
                f"Write it unencrypted, if it is no secret. Secrets of this program: {', '.join(secrets) or 'none'}.",
            )
