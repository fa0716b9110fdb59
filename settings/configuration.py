"""The stack's configuration, read once. Nothing else in the program reads `pulumi.Config`."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, NoReturn, TypeVar

import pulumi
from pulumi.runtime.config import CONFIG, get_config_env, is_config_secret
from pydantic import ValidationError

from settings.credential import Credential
from settings.image import ImageSettings
from settings.mistake import Mistake, from_validation, report
from settings.model import Model
from settings.stack import Settings
from settings.system import SystemSettings
from settings.variables import refusals

REGISTRY_TOKEN = "registryToken"
PULL_TOKEN = "pullToken"
SECRET_VARIABLES = "secretVariables"
SECRETS = (REGISTRY_TOKEN, PULL_TOKEN, SECRET_VARIABLES)

M = TypeVar("M", bound=Model)
S = TypeVar("S", bound=SystemSettings)

ACCESS_TOKEN_USER = "oauth2accesstoken"
"""Who signs in to Artifact Registry with an access token: its documentation, "Set up authentication for Docker"."""


@dataclass(frozen=True)
class Credentials:
    """What stands encrypted in a stack file."""

    push: Credential | None
    """None: nothing is pushed, or Docker's own configuration signs in."""
    pull: Credential | None
    """Outlives the deployment: nodes use it whenever they start a pod. None: Google signs the nodes in."""
    variables: pulumi.Output[Mapping[str, str]] | None
    """The app's environment variables that are secret, by name."""
    secrets: Mapping[str, pulumi.Output[str]]
    """What the program's own secret keys hold, by key."""


def load() -> tuple[Settings, Credentials]:
    """The validated configuration of the current stack of the web app; raises what `load_as` raises."""
    return load_as(Settings)


def load_as(model: type[S]) -> tuple[S, Credentials]:
    """The validated configuration of the current stack, as a system's own settings.

    Raises `pulumi.RunError`, which is printed without a traceback, naming every mistake of the stack file.
    """
    project = pulumi.get_project()
    values = _stated(project)
    # Only whether they are there is looked at, and the variables' names; an empty value is what the project file
    # declares as default.
    secrets = {key: text for key in (*SECRETS, *model.secrets) if (text := values.pop(key, ""))}
    present = secrets.keys()
    visible = {key: _parsed(text) for key, text in values.items() if not is_config_secret(f"{project}:{key}")}
    mistakes = [
        *_missing_token(project, present, _accepted(visible.get("image"))),
        *_missing(project, [key for key in model.secrets if key not in present]),
        *_in_plain(project, present),
        *_variable_mistakes(project, secrets.get(SECRET_VARIABLES, "{}")),
        *_encrypted_by_mistake(project, values, (*SECRETS, *model.secrets)),
    ]
    visible["environment"] = visible.get("environment") or pulumi.get_stack()
    settings = _validated(model, visible, mistakes)
    if mistakes := mistakes or _doubled(project, secrets.get(SECRET_VARIABLES, "{}"), settings.variables):
        _refuse(mistakes)
    config, image = pulumi.Config(), settings.image
    username = settings.registry_username or ACCESS_TOKEN_USER
    logins = {
        key: Credential(image.registry, username, config.require_secret(key))
        for key in (REGISTRY_TOKEN, PULL_TOKEN)
        if key in present
    }
    push = logins.get(REGISTRY_TOKEN)
    pull = None if image.artifact_repository else logins.get(PULL_TOKEN, push)
    variables = config.require_secret_object(SECRET_VARIABLES) if SECRET_VARIABLES in present else None
    own = {key: config.require_secret(key) for key in model.secrets}
    return settings, Credentials(push, pull, variables, own)


def load_open(model: type[M]) -> M:
    """The validated configuration of a program that has no secrets; raises what `load_as` raises."""
    project = pulumi.get_project()
    values = _stated(project)
    mistakes = _encrypted_by_mistake(project, values, ())
    settings = _validated(model, {key: _parsed(text) for key, text in values.items()}, mistakes)
    if mistakes:
        _refuse(mistakes)
    return settings


def _validated(model: type[M], values: Mapping[str, Any], mistakes: list[Mistake]) -> M:
    """The values as a model; raises with its mistakes and those that are known already."""
    try:
        return model.model_validate_json(json.dumps(values))
    except ValidationError as error:
        told = {mistake.key for mistake in mistakes}
        invalid = from_validation(pulumi.get_project(), error.errors(include_url=False))
        _refuse([*mistakes, *(mistake for mistake in invalid if mistake.key not in told)])


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


def _accepted(image: Any) -> set[str]:
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


def _missing_token(project: str, present: Collection[str], accepted: set[str]) -> list[Mistake]:
    if not accepted or accepted.intersection(present):
        return []
    key = f"{project}:{REGISTRY_TOKEN}"
    return [Mistake(key, "[missing]", "Without the registry's token no image can be pushed or pulled.", _command(key))]


def _missing(project: str, keys: Collection[str]) -> list[Mistake]:
    return [
        Mistake(key, "[missing]", "The program cannot do its work without this secret.", _command(key))
        for key in (f"{project}:{name}" for name in keys)
    ]


def _in_plain(project: str, present: Collection[str]) -> list[Mistake]:
    consequence = "It stands in the stack file in plain text, for everyone who can read the repository."
    return [
        Mistake(key, "[not shown]", consequence, f"Revoke it. {_command(key)}")
        for key in (f"{project}:{name}" for name in sorted(present))
        if not is_config_secret(key)
    ]


def _variable_mistakes(project: str, secret: str) -> list[Mistake]:
    """The values of secret variables are looked at for nothing but their type."""
    key = f"{project}:{SECRET_VARIABLES}"
    remedy = f"Run `pulumi config set --secret --path {key}.NAME`, NAME in letters, digits and underscores."
    variables = _parsed(secret)
    if not isinstance(variables, dict) or not all(isinstance(value, str) for value in variables.values()):
        return [Mistake(key, "[not shown]", "These are not strings by name.", remedy)]
    consequence = "No variable can have this name, or the program itself sets it."
    return [Mistake(f"{key}.{name}", "[not shown]", consequence, remedy) for name in refusals(variables)]


def _doubled(project: str, secret: str, plain: Collection[str]) -> list[Mistake]:
    """Variables that are secret and stated in plain."""
    consequence, remedy = "It stands in workload, too, so one of the two would be lost.", "State each variable once."
    return [
        Mistake(f"{project}:{SECRET_VARIABLES}.{name}", "[not shown]", consequence, remedy)
        for name in sorted(set(plain).intersection(_parsed(secret)))
    ]


def _encrypted_by_mistake(project: str, values: Mapping[str, str], secrets: Collection[str]) -> list[Mistake]:
    """Encrypted values would come out readable, in names, images and logs."""
    return [
        Mistake(
            f"{project}:{key}",
            "[secret]",
            "This key holds an encrypted value, which the program would have to use in plain text.",
            f"Write it unencrypted, if it is no secret. Secrets of this program: {', '.join(secrets) or 'none'}.",
        )
        for key in values
        if is_config_secret(f"{project}:{key}")
    ]
