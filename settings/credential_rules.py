"""No credential stands in plain in a stack file."""

from collections.abc import Iterator, Mapping
from typing import Any

from credentials_in_plain import has_credential, in_command, is_credential
from settings.mistake import SettingError

Steps = tuple[str | int, ...]

NAMED = ("variables", "buildArguments", "labels", "selector")
"""Mappings whose keys are names of a user's own, which say what a value is."""

COMMANDS = ("command", "arguments")

EXCEPTIONS = "notCredentials"
"""Key that lists what looks like a credential and is none."""


def credentials(data: Mapping[str, Any]) -> dict[Steps, str]:
    """Everything in the data of a stack file, of JSON's types, that looks like a credential, by its keys."""
    return {steps: text for steps, text in _found((), data) if steps[0] != EXCEPTIONS}


def refused(project: str, data: Mapping[str, Any]) -> Iterator[tuple[Steps, SettingError]]:
    """A mistake for each of `credentials`, but for those that `notCredentials` lists, and for idle ones there."""
    found = credentials(data)
    accepted = [each for each in data.get(EXCEPTIONS, ()) if isinstance(each, str)] if EXCEPTIONS in data else []
    for steps in found:
        if not _names(steps).intersection(accepted):
            yield steps, _error(project, steps)
    known = {name for steps in found for name in _names(steps)}
    for index, name in enumerate(accepted):
        if name not in known:
            yield (
                (EXCEPTIONS, index),
                SettingError("Nothing of this name looks like a credential, so it has no effect.", "Remove it."),
            )


def _found(steps: Steps, value: Any) -> Iterator[tuple[Steps, str]]:
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield from _found((*steps, key), item)
    elif isinstance(value, list):
        command = [each if isinstance(each, str) else "" for each in value] if steps[-1] in COMMANDS else []
        for index in in_command(command):
            yield (*steps, index), command[index]
        for index, item in enumerate(value if not command else ()):
            yield from _found((*steps, index), item)
    elif isinstance(value, str | int | float) and not isinstance(value, bool):
        named = steps[-2:-1] and steps[-2] in NAMED
        if is_credential(str(steps[-1]), str(value)) if named else has_credential(str(value)):
            yield steps, str(value)


def _names(steps: Steps) -> set[str]:
    """By which `notCredentials` may list it: the name of a variable or the like, or all keys."""
    keys = [str(step) for step in steps if not isinstance(step, int)]
    return {keys[-1], ".".join(keys)}


def _error(project: str, steps: Steps) -> SettingError:
    keys = [str(step) for step in steps if not isinstance(step, int)]
    kind = keys[-2] if keys[-2:-1] and keys[-2] in NAMED else keys[-1]
    name = keys[-1] if kind in NAMED else ".".join(keys)
    consequence, remedy = {
        "buildArguments": (
            "Build arguments stay readable in the image, so this would leak to everyone who can pull it.",
            "Fetch what needs a credential before the build, or put it in a base image: docker.Image has no build "
            "secrets.",
        ),
        "variables": (
            "It is readable in the repository, and in the pod for everyone who may look at it.",
            f"Remove it here, and run `pulumi config set --secret --path {project}:secretVariables.{name}`.",
        ),
        **dict.fromkeys(
            COMMANDS,
            (
                "It is readable in the repository, and in the pod for everyone who may look at it.",
                f"Read it from a variable: `pulumi config set --secret --path {project}:secretVariables.NAME`.",
            ),
        ),
    }.get(kind, ("It is readable in the repository, and in what is deployed.", "Remove it."))
    return SettingError(
        f"This looks like a credential in plain. {consequence}",
        f"Revoke it. {remedy} If it is none, say so: `{project}:{EXCEPTIONS}: [{name}]`.",
    )
