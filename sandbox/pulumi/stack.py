"""A stack as the CLI keeps it: its stack file with the sandbox's values, and its state."""

import json
from functools import cached_property
from typing import Any

import yaml

from sandbox import configuration
from sandbox.errors import SandboxError
from sandbox.private import write_private
from sandbox.pulumi.passphrase import Passphrase
from sandbox.session import Session

STACK = "pulumi:pulumi:Stack"
"""Type token of the resource that every state begins with."""


class Stack:
    """One stack in the file backend, and the directory from which the CLI runs its project without the user's files."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self.directory = session.home.projects / session.project.name
        """Holds a Pulumi.yaml that leads to the user's program, and the stack files that the CLI reads and writes."""
        self.file = self.directory / f"Pulumi.{session.stack}.yaml"
        self.checkpoint = session.home.backend / ".pulumi" / "stacks" / session.project.name / f"{session.stack}.json"

    @property
    def exists(self) -> bool:
        """Whether the stack was initialized."""
        return self.checkpoint.exists()

    @property
    def locked(self) -> bool:
        """Whether a run holds the stack, or was killed and has left its lock."""
        locks = self._session.home.backend / ".pulumi" / "locks"
        return any(locks.glob(f"*/{self._session.project.name}/{self._session.stack}/*.json"))

    @cached_property
    def state(self) -> dict[str, Any]:
        """The latest deployment in the checkpoint; empty when there is none."""
        try:
            return json.loads(self.checkpoint.read_text())["checkpoint"].get("latest") or {}
        except FileNotFoundError:
            return {}
        except (ValueError, KeyError, TypeError):
            raise SandboxError(
                f"The state file {self.checkpoint} is damaged, so nothing is known of the stack. Its last good copy is "
                f"{self.checkpoint}.bak."
            ) from None

    @property
    def resources(self) -> list[dict[str, Any]]:
        """Of the state, each after what it needs; secrets are encrypted."""
        return self.state.get("resources") or []

    @property
    def outputs(self) -> dict[str, Any]:
        """The stack's outputs; secrets are encrypted."""
        return next((entry.get("outputs", {}) for entry in self.resources if entry["type"] == STACK), {})

    def write_project(self) -> None:
        """Write the Pulumi.yaml, which names the user's program and virtual environment absolutely."""
        project = self._session.project
        definition = dict(project.definition)
        definition["main"] = str(project.directory / definition.get("main", ""))
        runtime = definition.get("runtime")
        if isinstance(runtime, dict) and "virtualenv" in (options := runtime.get("options") or {}):
            virtualenv = str(project.directory / options["virtualenv"])
            definition["runtime"] = {**runtime, "options": {**options, "virtualenv": virtualenv}}
        self.directory.mkdir(parents=True, exist_ok=True)
        (self.directory / "Pulumi.yaml").write_text(yaml.safe_dump(definition))

    def write_file(self) -> None:
        """Write the user's stack file for the CLI, with the overlay, encrypted with the sandbox's own key."""
        session = self._session
        passphrase = Passphrase(session.credentials.passphrase, self._salt)
        content = configuration.for_cli(
            session.configuration, session.decrypt, passphrase.encrypt, passphrase.salt_state
        )
        self.directory.mkdir(parents=True, exist_ok=True)
        write_private(self.file, yaml.safe_dump(content).encode())

    @property
    def _salt(self) -> str | None:
        """That the state, or the last stack file, was encrypted with: it must stay the same."""
        if salt := self.state.get("secrets_providers", {}).get("state", {}).get("salt"):
            return salt
        try:
            return (yaml.safe_load(self.file.read_text()) or {}).get("encryptionsalt")
        except FileNotFoundError:
            return None
