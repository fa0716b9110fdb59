"""Rules about what must be encrypted in a stack file, and about what must not; no secret is ever shown."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from settings.image import ARTIFACT_REGISTRY
from settings.mistake import Mistake
from settings.model import INVALID, Model
from settings.stack_configuration import (
    PULL_TOKEN,
    REGISTRY_TOKEN,
    SECRET_VARIABLES,
    StackConfiguration,
    parsed,
    secret_keys,
)
from settings.system import SystemSettings
from settings.variables import refusals

NOT_SHOWN = "[not shown]"


def mistakes(model: type[Model], configuration: StackConfiguration, values: Mapping[str, Any]) -> Iterator[Mistake]:
    """`values` are the plain ones; those of secret variables are looked at for nothing but their type."""
    yield from _encrypted(model, configuration)
    if issubclass(model, SystemSettings):
        yield from _missing(model, configuration, values.get("image"))
        yield from _readable(model, configuration)
        if text := configuration.secrets(model).get(SECRET_VARIABLES):
            yield from _variables(configuration.project, parsed(text), values.get("workload"))


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


def _missing(model: type[SystemSettings], configuration: StackConfiguration, image: Any) -> Iterator[Mistake]:
    present, project = configuration.secrets(model), configuration.project
    accepted = _accepted_tokens(image if isinstance(image, dict) else {})
    if accepted and not accepted.intersection(present):
        key = f"{project}:{REGISTRY_TOKEN}"
        yield Mistake(key, "[missing]", "Without the registry's token no image can be pushed or pulled.", _command(key))
    for key in (f"{project}:{name}" for name in model.secrets if name not in present):
        yield Mistake(key, "[missing]", "The program cannot do its work without this secret.", _command(key))


def _accepted_tokens(image: Mapping[str, Any]) -> set[str]:
    """The tokens of which the image needs one; empty in Artifact Registry."""
    if re.match(ARTIFACT_REGISTRY, str(image.get("repository"))):
        return set()
    return {REGISTRY_TOKEN, PULL_TOKEN} if image.get("digest") or image.get("promotedFrom") else {REGISTRY_TOKEN}


def _readable(model: type[SystemSettings], configuration: StackConfiguration) -> Iterator[Mistake]:
    for name in sorted(configuration.secrets(model).keys() - {*configuration.encrypted}):
        key = f"{configuration.project}:{name}"
        consequence = "It stands in the stack file in plain text, for everyone who can read the repository."
        yield Mistake(key, NOT_SHOWN, consequence, f"Revoke it. {_command(key)}")


def _command(key: str) -> str:
    return f"Run `pulumi config set --secret {key}` and enter it when asked."


def _variables(project: str, secret: Any, workload: Any) -> Iterator[Mistake]:
    key = f"{project}:{SECRET_VARIABLES}"
    remedy = f"Run `pulumi config set --secret --path {key}.NAME`, NAME in letters, digits and underscores."
    if not isinstance(secret, dict) or not all(value is INVALID or isinstance(value, str) for value in secret.values()):
        yield Mistake(key, NOT_SHOWN, "These are not strings by name.", remedy)
        return
    for name in refusals(secret):
        consequence = "No variable can have this name, or the program itself sets it."
        yield Mistake(f"{key}.{name}", NOT_SHOWN, consequence, remedy)
    stated = workload if isinstance(workload, dict) else {}
    plain = [stated.get(kind) for kind in ("variables", "podFields")]
    for name in secret:
        if any(isinstance(each, dict) and name in each for each in plain):
            consequence = "It stands in workload, too, so one of the two would be lost."
            yield Mistake(f"{key}.{name}", NOT_SHOWN, consequence, "State each variable once.")
