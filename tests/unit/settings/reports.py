"""What the validation of a stack file says."""

import json
from collections.abc import Sequence
from typing import Any

import pytest

from settings.stack import Settings
from settings.stack_configuration import StackConfiguration
from settings.validation import InvalidConfigurationError, validate

BASE: dict[str, Any] = {
    "google": {"project": "example-project", "region": "europe-west1"},
    "cluster": {"deletionProtection": False},
    "domains": ["app.example.com"],
    "image": {"repository": "ghcr.io/example/app"},
    "registryUsername": "example",
}
"""A valid stack file."""


def accepted(encrypted: Sequence[str] = (), **changes: Any) -> Settings:
    """The settings of BASE with some keys changed."""
    values = {**BASE, **changes}
    texts = {key: value if isinstance(value, str) else json.dumps(value) for key, value in values.items()}
    secret = {"registryToken", *encrypted}
    return validate(Settings, StackConfiguration("gke-webapp", "dev", {**texts, "registryToken": None}, secret))


def report(encrypted: Sequence[str] = (), **changes: Any) -> str:
    """What is said of BASE with some keys changed."""
    with pytest.raises(InvalidConfigurationError) as error:
        accepted(encrypted, **changes)
    return str(error.value)


def keys(text: str) -> list[str]:
    """The keys that a report names."""
    return [line.strip().partition(" = ")[0] for line in text.splitlines() if line.startswith("  gke-webapp:")]
