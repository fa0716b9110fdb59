"""A Pulumi project on disk: its stacks, and the configuration a stack runs with in the sandbox."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

import pulumi_yaml
from sandbox.errors import SandboxError

Values = Mapping[str, str]
"""What `${...}` stands for in an overlay, such as `registry.token`."""

EXAMPLES = Path(__file__).parents[1] / "examples"

_PLACEHOLDER = re.compile(r"\$\{([^}]*)\}")


@dataclass(frozen=True)
class Secret:
    """A configuration value that must be encrypted at rest: in plain, or as a stack file holds it."""

    text: str
    encrypted: bool

    def __repr__(self) -> str:
        return "[secret]"


@dataclass(frozen=True)
class Configuration:
    """A stack's merged configuration: JSON-like values with `Secret` leaves, by full key (`project:key`)."""

    values: Mapping[str, Any]
    salt: str | None
    """The stack file's `encryptionsalt`, which its encrypted values were made with."""


@dataclass(frozen=True)
class Project:
    """A directory with a `Pulumi.yaml`."""

    directory: Path

    @classmethod
    def find(cls, place: str) -> "Project":
        """The project in the directory `place`, or the example of that name.

        Raises SandboxError, naming the examples, when there is neither.
        """
        example = EXAMPLES / place
        found = Path(place) if Path(place, "Pulumi.yaml").exists() else example
        if not (found / "Pulumi.yaml").exists():
            names = sorted(path.parent.name for path in EXAMPLES.glob("*/Pulumi.yaml"))
            raise SandboxError(
                f"{place!r} is neither a directory with a Pulumi.yaml nor one of the systems in {EXAMPLES.name}/, so "
                f"nothing was done. There are: {', '.join(names) or 'none'}."
            )
        return cls(found.resolve())

    @cached_property
    def definition(self) -> dict[str, Any]:
        """`Pulumi.yaml`, parsed."""
        path = self.directory / "Pulumi.yaml"
        content = _read(path)
        if "name" not in content:
            raise SandboxError(f"{path} has no `name`, so it is no Pulumi project. Nothing was changed.")
        return content

    @property
    def name(self) -> str:
        return str(self.definition["name"])

    @cached_property
    def overlay(self) -> dict[str, Any]:
        """`sandbox.yaml`, parsed; empty when the project has none."""
        path = self.directory / "sandbox.yaml"
        return _read(path) if path.exists() else {}

    @property
    def placeholders(self) -> frozenset[str]:
        """What the overlay refers to with `${...}`."""
        return frozenset(_PLACEHOLDER.findall(json.dumps(self.overlay)))

    @property
    def stacks(self) -> list[str]:
        """Names of the stacks that have a file."""
        return sorted(path.name[len("Pulumi.") : -len(".yaml")] for path in self.directory.glob("Pulumi.*.yaml"))

    def configuration(self, stack: str, values: Values) -> Configuration:
        """The stack file, under it the project's defaults, over it the overlay with `values` filled in."""
        declared = _config(self.directory / "Pulumi.yaml", self.definition)
        path = self.directory / f"Pulumi.{stack}.yaml"
        if not path.exists():
            raise SandboxError(
                f"There is no stack {stack!r}: {path.name} does not exist in {self.directory}. "
                f"Nothing was changed. Choose one of: {', '.join(self.stacks)}."
            )
        file = _read(path)
        defaults = {
            self._key(key): declaration.get("value", declaration.get("default"))
            for key, declaration in declared.items()
            if isinstance(declaration, dict) and ("value" in declaration or "default" in declaration)
        }
        stated = {self._key(key): _secrets(value) for key, value in _config(path, file).items()}
        changes = _config(self.directory / "sandbox.yaml", self.overlay)
        overlay = {self._key(key): _fill(value, values) for key, value in changes.items()}
        return Configuration(_merge(_merge(defaults, stated), overlay), file.get("encryptionsalt"))

    def _key(self, key: str) -> str:
        return key if ":" in key else f"{self.name}:{key}"


def _read(path: Path) -> dict[str, Any]:
    try:
        content = pulumi_yaml.load(path)
    except FileNotFoundError:
        raise SandboxError(f"{path} does not exist, so {path.parent} is no Pulumi project.") from None
    except yaml.YAMLError as error:
        raise SandboxError(f"{path} is not YAML, so nothing was changed: {error}") from None
    if not isinstance(content, dict):
        raise SandboxError(f"{path} must hold a mapping of keys; it holds {content!r}. Nothing was changed.")
    return content


def _config(path: Path, content: Mapping[str, Any]) -> dict[str, Any]:
    config = content.get("config") or {}
    if not isinstance(config, dict):
        raise SandboxError(f"`config` in {path} must hold a mapping of keys; it holds {config!r}. Nothing was changed.")
    return config


def _secrets(value: Any) -> Any:
    """A stack file's value with each `{secure: ciphertext}` as a `Secret`."""
    if isinstance(value, dict):
        if set(value) == {"secure"}:
            return Secret(value["secure"], encrypted=True)
        return {key: _secrets(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_secrets(item) for item in value]
    return value


def _fill(value: Any, values: Values) -> Any:
    """An overlay's value with placeholders replaced and each `{secret: text}` as a `Secret`."""
    if isinstance(value, dict):
        if set(value) == {"secret"}:
            return Secret(_fill(value["secret"], values), encrypted=False)
        return {key: _fill(item, values) for key, item in value.items()}
    if isinstance(value, list):
        return [_fill(item, values) for item in value]
    return _PLACEHOLDER.sub(lambda found: _value(found[1], values), value) if isinstance(value, str) else value


def _value(name: str, values: Values) -> str:
    if name not in values:
        raise SandboxError(
            f"${{{name}}} in sandbox.yaml stands for nothing, so nothing was changed. "
            f"There are: {', '.join(sorted(values))}."
        )
    return values[name]


def _merge(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """`above` over `below`, mapping by mapping; everything else is replaced whole."""
    merged = dict(below)
    for key, value in above.items():
        under = merged.get(key)
        merged[key] = _merge(under, value) if isinstance(under, dict) and isinstance(value, dict) else value
    return merged
