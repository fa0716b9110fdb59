"""A stack's file with no credential: what is encrypted stands as an opaque value."""

import hashlib
import json
from collections.abc import Iterator
from functools import cached_property
from typing import Any

from sandbox import configuration
from sandbox.project import Configuration, Project, Secret
from sandbox.pulumi.passphrase import Passphrase

UNSET = "set elsewhere"
"""What the ciphertext of a secret that the stack file does not hold is taken to be."""

OPAQUE = "OPAQUE_"
"""Begins what stands for a secret."""


class OfflineProject(Project):
    """A project as it is deployed to Google Cloud, without what the sandbox changes in its configuration."""

    @cached_property
    def overlay(self) -> dict[str, Any]:
        return {}

    def stack_file(self, stack: str, passphrase: Passphrase) -> dict[str, Any]:
        """The content of a `Pulumi.<stack>.yaml` whose secrets are opaque values, encrypted with this passphrase.

        Equal ciphertexts give equal opaque values: a changed secret shows as a change. Raises SandboxError for a stack
        that the project does not have.
        """
        stated = dict(self.configuration(stack, {}).values)
        stated |= {key: Secret(UNSET, encrypted=True) for key in self._needed() if stated.get(key) in (None, "")}
        merged = Configuration(stated, None)
        return configuration.for_cli(merged, _opaque, passphrase.encrypt, passphrase.salt_state)

    def mentioned(self, stack: str) -> list[str]:
        """The other stacks of the project that the stack's configuration names: its program may read their outputs."""
        texts = set(_texts(dict(self.configuration(stack, {}).values)))
        return [name for name in self.stacks if name in texts and name != stack]

    def _needed(self) -> Iterator[str]:
        """Secrets that every deployment has, be it from the stack file or, in the sandbox, from its overlay."""
        for key, declared in (self.definition.get("config") or {}).items():
            if isinstance(declared, dict) and declared.get("secret") and not {"value", "default"} & declared.keys():
                yield self._key(key)
        for key, value in (Project(self.directory).overlay.get("config") or {}).items():
            if isinstance(value, dict) and set(value) == {"secret"}:
                yield self._key(key)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _texts(part)


def _opaque(ciphertext: str) -> str:
    """Text that is nobody's secret; a mapping, too, for a program that parses it."""
    text = f"{OPAQUE}{hashlib.sha256(ciphertext.encode()).hexdigest()[:32].upper()}"
    return json.dumps({text: text})
