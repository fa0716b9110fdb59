"""What a stack file states, read without deploying and without its secrets."""

import json

from pydantic import ValidationError

from sandbox.errors import SandboxError
from sandbox.graph.offline import OfflineProject
from sandbox.project import Secret
from settings.configuration import SECRETS
from settings.mistake import from_validation, report
from settings.stack import Settings


def settings_of(project: OfflineProject, stack: str) -> Settings:
    """The web app's settings. Raises SandboxError, naming every mistake."""
    prefix = f"{project.name}:"
    values = {
        key.removeprefix(prefix): value
        for key, value in project.configuration(stack, {}).values.items()
        if key.startswith(prefix) and not isinstance(value, Secret)
    }
    stated = {key: value for key, value in values.items() if key not in SECRETS}
    stated["environment"] = stated.get("environment") or stack
    try:
        return Settings.model_validate_json(json.dumps(stated))
    except ValidationError as error:
        mistakes = from_validation(project.name, error.errors(include_url=False))
        raise SandboxError(report(f"Pulumi.{stack}.yaml", mistakes)) from None
