"""A stack's program and configuration with no credential: what is encrypted stands as an opaque value."""

import hashlib
import json
from collections.abc import Iterator
from functools import cached_property
from typing import Any

from sandbox import configuration
from sandbox.engine.program import Program
from sandbox.project import Configuration, Project, Secret

UNSET = "set elsewhere"
"""What the ciphertext of a secret that the stack file does not hold is taken to be."""


class OfflineProject(Project):
    """A project as it is deployed to Google Cloud, without what the sandbox changes in its configuration."""

    @cached_property
    def overlay(self) -> dict[str, Any]:
        return {}

    def program(self, stack: str) -> Program:
        """The stack's program. Equal ciphertexts give equal opaque values: a changed secret shows as a change.

        Raises SandboxError for a stack that the project does not have.
        """
        stated = dict(self.configuration(stack, {}).values)
        stated |= {key: Secret(UNSET, encrypted=True) for key in self._needed() if stated.get(key) in (None, "")}
        texts, secrets = configuration.for_program(Configuration(stated, None), _opaque)
        return Program(self.directory, self.name, stack, texts, secrets)

    def _needed(self) -> Iterator[str]:
        """Secrets that every deployment has, be it from the stack file or, in the sandbox, from its overlay."""
        for key, declared in (self.definition.get("config") or {}).items():
            if isinstance(declared, dict) and declared.get("secret") and not {"value", "default"} & declared.keys():
                yield self._key(key)
        for key, value in (Project(self.directory).overlay.get("config") or {}).items():
            if isinstance(value, dict) and set(value) == {"secret"}:
                yield self._key(key)


def _opaque(ciphertext: str) -> str:
    """Text that is nobody's secret; a mapping, too, for a program that parses it."""
    digest = hashlib.sha256(ciphertext.encode()).hexdigest()
    return json.dumps({f"OPAQUE_{digest[:16].upper()}": digest})
