"""A stack's configuration, as the CLI's stack file holds it."""

from collections.abc import Callable
from typing import Any

from sandbox.project import Configuration, Secret

Cipher = Callable[[str], str]


def for_cli(configuration: Configuration, decrypt: Cipher, encrypt: Cipher, salt: str) -> dict[str, Any]:
    """The content of a `Pulumi.<stack>.yaml` whose secrets are encrypted under `salt`."""

    def sealed(secret: Secret) -> dict[str, str]:
        return {"secure": encrypt(decrypt(secret.text) if secret.encrypted else secret.text)}

    return {"encryptionsalt": salt, "config": _replace(dict(configuration.values), sealed)}


def _replace(value: Any, replacement: Callable[[Secret], Any]) -> Any:
    """A copy of `value` with `replacement` of each secret in it."""
    if isinstance(value, Secret):
        return replacement(value)
    if isinstance(value, dict):
        return {key: _replace(item, replacement) for key, item in value.items()}
    if isinstance(value, list):
        return [_replace(item, replacement) for item in value]
    return value
