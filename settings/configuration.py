"""The stack's configuration, read once. Nothing else in the program reads `pulumi.Config`."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import pulumi
from pulumi.runtime.config import CONFIG, get_config_env, is_config_secret

from settings import capacity
from settings.credential import Credential
from settings.model import Model
from settings.stack import Settings
from settings.stack_configuration import PULL_TOKEN, REGISTRY_TOKEN, SECRET_VARIABLES, StackConfiguration
from settings.system import SystemSettings
from settings.validation import InvalidConfigurationError, validate

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
    settings = load_open(model)
    for sentence in capacity.unknown(settings.cluster):
        pulumi.log.warn(sentence)
    config, image, present = pulumi.Config(), settings.image, _configuration().secrets(model)
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
    """The validated configuration without its secrets; raises what `load_as` raises."""
    try:
        return validate(model, _configuration())
    except InvalidConfigurationError as error:
        raise pulumi.RunError(str(error)) from None


def _configuration() -> StackConfiguration:
    """Every key, as the engine hands it over."""
    project = pulumi.get_project()
    prefix = f"{project}:"
    everything: Mapping[str, str] = {**get_config_env(), **CONFIG.get()}
    values = {key.removeprefix(prefix): text for key, text in everything.items() if key.startswith(prefix)}
    encrypted = {key for key in values if is_config_secret(f"{project}:{key}")}
    others = {
        key: None if is_config_secret(key) else text for key, text in everything.items() if not key.startswith(prefix)
    }
    return StackConfiguration(project, pulumi.get_stack(), values, encrypted, others, directory=Path.cwd())
