"""The configuration of one stack, as Pulumi or its file states it."""

import json
from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from settings.model import INVALID, Model
from settings.system import SystemSettings

REGISTRY_TOKEN = "registryToken"
PULL_TOKEN = "pullToken"
SECRET_VARIABLES = "secretVariables"
SECRETS = (REGISTRY_TOKEN, PULL_TOKEN, SECRET_VARIABLES)

ENCRYPTED = "[encrypted]"
"""Stands for ciphertext within a value."""


@dataclass(frozen=True)
class StackConfiguration:
    """The configuration of one stack as Pulumi hands it to the program."""

    project: str
    stack: str
    values: Mapping[str, str | None]
    """By key without the project's namespace. Mappings and lists are JSON; None: encrypted, and not decrypted here."""
    encrypted: Collection[str]
    """Keys whose value is encrypted, in whole or in part."""
    others: Mapping[str, str | None] = field(default_factory=dict[str, str | None])
    """Values by key, of other namespaces, likewise."""
    beside: Collection[str] = ()
    """Keys of the stack file beside `config`."""
    directory: Path | None = None
    """Of the project, with the files of its other stacks."""

    def secrets(self, model: type[Model]) -> dict[str, str | None]:
        """The values of the model's secret keys; an empty one is the project file's default, and counts as absent."""
        return {key: self.values[key] for key in secret_keys(model) if self.values.get(key, "") != ""}

    def with_secrets(self, model: type[Model], keys: Collection[str]) -> "StackConfiguration":
        """The same with those secret keys of the model that it lacks, as if they stood encrypted in the file."""
        added = set(secret_keys(model)).intersection(keys) - self.secrets(model).keys()
        values = {**self.values, **dict.fromkeys(added)}
        return replace(self, values=values, encrypted={*self.encrypted, *added})

    def plain(self, model: type[Model]) -> dict[str, Any]:
        """What is not secret, of JSON's types; INVALID in place of ciphertext."""
        plain = self.values.keys() - {*secret_keys(model)}
        return {key: INVALID if text is None else parsed(text) for key, text in self.values.items() if key in plain}


def secret_keys(model: type[Model]) -> tuple[str, ...]:
    """Keys that must be encrypted in the stack file of a program with these settings."""
    return (*SECRETS, *model.secrets) if issubclass(model, SystemSettings) else ()


def parsed(text: str) -> Any:
    """Mappings and lists arrive as JSON; everything else is text. INVALID in place of ciphertext."""
    if text.startswith(("{", "[")):
        with suppress(json.JSONDecodeError):
            return _without_ciphertext(json.loads(text))
    return text


def _without_ciphertext(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_ciphertext(item) for key, item in value.items()}
    if isinstance(value, list):
        return [*map(_without_ciphertext, value)]
    return INVALID if value == ENCRYPTED else value
