"""The stack's configuration, read once. Nothing else in the program reads `pulumi.Config`."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, NoReturn

import pulumi
from pulumi.runtime.config import CONFIG, get_config_env, is_config_secret
from pydantic import ValidationError

from settings.credential import Credential
from settings.mistake import Mistake, from_validation, report
from settings.stack import Settings

REGISTRY_TOKEN = "registryToken"
PULL_TOKEN = "pullToken"
SECRETS = (REGISTRY_TOKEN, PULL_TOKEN)


@dataclass(frozen=True)
class Credentials:
    """How to sign in to the image registry."""

    push: Credential
    pull: Credential
    """Outlives the deployment: nodes use it whenever they start a pod."""


def load() -> tuple[Settings, Credentials]:
    """The validated configuration of the current stack.

    Raises `pulumi.RunError`, which is printed without a traceback, naming every mistake of the stack file.
    """
    project = pulumi.get_project()
    values = _stated(project)
    # Only whether they are there is looked at; an empty value is what the project file declares as default.
    present = {key for key in SECRETS if values.pop(key, "")}
    mistakes = [
        *_secret_mistakes(project, present),
        *_encrypted_by_mistake(project, values),
    ]
    visible = {key: _parsed(text) for key, text in values.items() if not is_config_secret(f"{project}:{key}")}
    visible["environment"] = visible.get("environment") or pulumi.get_stack()
    try:
        settings = Settings.model_validate_json(json.dumps(visible))
    except ValidationError as error:
        told = {mistake.key for mistake in mistakes}
        invalid = from_validation(project, error.errors(include_url=False))
        _refuse([*mistakes, *(mistake for mistake in invalid if mistake.key not in told)])
    if mistakes:
        _refuse(mistakes)
    config = pulumi.Config()
    push = Credential(settings.image.registry, settings.registry_username, config.require_secret(REGISTRY_TOKEN))
    pull = replace(push, token=config.require_secret(PULL_TOKEN)) if PULL_TOKEN in present else push
    return settings, Credentials(push, pull)


def _refuse(mistakes: list[Mistake]) -> NoReturn:
    raise pulumi.RunError(report(f"Pulumi.{pulumi.get_stack()}.yaml", mistakes)) from None


def _stated(project: str) -> dict[str, str]:
    """Every key of the project's namespace with its text."""
    prefix = f"{project}:"
    everything: Mapping[str, str] = {**get_config_env(), **CONFIG.get()}
    return {key.removeprefix(prefix): text for key, text in everything.items() if key.startswith(prefix)}


def _parsed(text: str) -> Any:
    """Mappings and lists arrive as JSON; everything else is text."""
    if text.startswith(("{", "[")):
        try:
            return json.loads(text)
        except json.JSONDecodeError:
            return text
    return text


def _secret_mistakes(project: str, present: set[str]) -> list[Mistake]:
    remedy = "Run `pulumi config set --secret {key}` and enter it when asked."
    mistakes: list[Mistake] = []
    if REGISTRY_TOKEN not in present:
        key = f"{project}:{REGISTRY_TOKEN}"
        consequence = "Without the registry's token no image can be pushed or pulled."
        mistakes.append(Mistake(key, "[missing]", consequence, remedy.format(key=key)))
    for key in (f"{project}:{name}" for name in sorted(present)):
        if not is_config_secret(key):
            consequence = "The token stands in the stack file in plain text, for everyone who can read the repository."
            mistakes.append(Mistake(key, "[not shown]", consequence, f"Revoke it. {remedy.format(key=key)}"))
    return mistakes


def _encrypted_by_mistake(project: str, values: Mapping[str, str]) -> list[Mistake]:
    """Encrypted values would come out readable, in names, images and logs."""
    return [
        Mistake(
            f"{project}:{key}",
            "[secret]",
            "This key holds an encrypted value, which the program would have to use in plain text.",
            f"Write it unencrypted, if it is no secret. Secrets of this program: {', '.join(SECRETS)}.",
        )
        for key in values
        if is_config_secret(f"{project}:{key}")
    ]
