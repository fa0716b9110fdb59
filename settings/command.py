"""`python -m settings.stack --stack NAME`: whether a stack file can be deployed, without deploying."""

import argparse
import sys
from pathlib import Path

from settings import capacity, stack_file
from settings.model import Model
from settings.system import SystemSettings
from settings.validation import InvalidConfigurationError, validate


def main(model: type[Model]) -> None:
    """Validates a stack file of the project in the current directory, as the program does.

    Prints nothing when it is valid, but what nobody could check, to stderr; else every mistake, and exits 1.
    """
    parser = argparse.ArgumentParser(description="Validate a stack file of the project in the current directory.")
    parser.add_argument("--stack", required=True, help="name of the stack, such as dev")
    parser.add_argument(
        "--provided",
        action="append",
        default=[],
        metavar="KEY",
        help="a secret that the file need not hold, because the deployment gets it from elsewhere (repeatable)",
    )
    options = parser.parse_args()
    try:
        configuration = stack_file.read(Path.cwd(), options.stack)
        provided = [key.removeprefix(f"{configuration.project}:") for key in options.provided]
        settings = validate(model, configuration.with_secrets(model, provided))
    except (stack_file.StackFileError, InvalidConfigurationError) as error:
        print(error)
        sys.exit(1)
    if isinstance(settings, SystemSettings):
        for sentence in capacity.unknown(settings.cluster):
            print(sentence, file=sys.stderr)
