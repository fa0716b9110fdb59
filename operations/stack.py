"""What a stack file states, read without deploying and without its secrets."""

from dataclasses import replace
from pathlib import Path

from operations.error import OperationError
from settings import stack_file
from settings.stack import Settings
from settings.stack_configuration import secret_keys
from settings.validation import InvalidConfigurationError, validate


def settings_of(directory: Path, stack: str) -> Settings:
    """The web app's settings. Raises OperationError, naming every mistake."""
    try:
        stated = stack_file.read(directory, stack)
        # A workflow may set them just before it deploys.
        unset = set(secret_keys(Settings)) - stated.secrets(Settings).keys()
        complete = replace(
            stated, values={**stated.values, **dict.fromkeys(unset)}, encrypted={*stated.encrypted, *unset}
        )
        return validate(Settings, complete)
    except (stack_file.StackFileError, InvalidConfigurationError) as error:
        raise OperationError(str(error)) from None
