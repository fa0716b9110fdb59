"""The configuration of a stack from its file, without the Pulumi CLI and without decrypting anything."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

import pulumi_yaml
from settings.stack_configuration import ENCRYPTED, StackConfiguration


class StackFileError(ValueError):
    """A file that cannot be read: the message names it, and the remedy."""


def read(directory: Path, stack: str) -> StackConfiguration:
    """The stack file over the defaults of `Pulumi.yaml`. Raises StackFileError."""
    project_file, stack_file = directory / "Pulumi.yaml", directory / f"Pulumi.{stack}.yaml"
    if not project_file.exists():
        raise StackFileError(f"{project_file} does not exist, so {directory} is no Pulumi project.")
    if not stack_file.exists():
        names = sorted(path.name[len("Pulumi.") : -len(".yaml")] for path in directory.glob("Pulumi.*.yaml"))
        raise StackFileError(
            f"There is no stack {stack!r}: {stack_file.name} does not exist in {directory}. "
            f"Choose one of: {', '.join(names) or 'none'}."
        )
    definition = _load(project_file)
    project = str(definition.get("name"))
    defaults = {key: _default(declaration) for key, declaration in _config(project_file, definition).items()}
    content = _load(stack_file)
    stated = _config(stack_file, content)
    # Either file may leave out the project's own namespace.
    values = {
        key.removeprefix(f"{project}:"): value
        for key, value in (*((key, value) for key, value in defaults.items() if value is not None), *stated.items())
        if ":" not in key or key.startswith(f"{project}:")
    }
    others = {key: value for key, value in stated.items() if ":" in key and not key.startswith(f"{project}:")}
    return StackConfiguration(
        project,
        stack,
        _texts(values),
        {key for key, value in values.items() if _encrypted(value)},
        _texts(others),
        content.keys() - {"config"},
        directory,
    )


def _texts(values: Mapping[str, Any]) -> dict[str, str | None]:
    return {key: None if _ciphertext(value) else _text(value) for key, value in values.items()}


def _load(path: Path) -> dict[str, Any]:
    """The content of a file, which may be empty."""
    try:
        content = pulumi_yaml.load(path)
    except yaml.YAMLError as error:
        raise StackFileError(f"{path} is not YAML that Pulumi reads: {error}") from None
    if not isinstance(content, dict | None):
        raise StackFileError(f"{path} must hold a mapping of keys, such as `config:` and the stack's values below it.")
    return content or {}


def _config(path: Path, content: dict[str, Any]) -> dict[str, Any]:
    config = content.get("config")
    if not isinstance(config, dict | None):
        raise StackFileError(f"`config` in {path} must hold a mapping of keys, each with its value.")
    return {str(key): value for key, value in (config or {}).items()}


def _default(declaration: Any) -> Any:
    """What the project file gives a key that the stack file leaves out; None: nothing."""
    return declaration.get("value", declaration.get("default")) if isinstance(declaration, dict) else declaration


def _ciphertext(value: Any) -> bool:
    return isinstance(value, dict) and value.keys() == {"secure"} and isinstance(value["secure"], str)


def _encrypted(value: Any) -> bool:
    """Whether any part of the value is encrypted."""
    if isinstance(value, dict):
        return _ciphertext(value) or any(map(_encrypted, value.values()))
    return isinstance(value, list) and any(map(_encrypted, value))


def _text(value: Any) -> str:
    """As Pulumi hands it to the program: JSON unless it is text. What is absent becomes empty, ciphertext ENCRYPTED."""
    return value or "" if isinstance(value, str | None) else json.dumps(_without_ciphertexts(value), default=str)


def _without_ciphertexts(value: Any) -> Any:
    if _ciphertext(value):
        return ENCRYPTED
    if isinstance(value, dict):
        return {key: _without_ciphertexts(item) for key, item in value.items()}
    return [_without_ciphertexts(item) for item in value] if isinstance(value, list) else value
