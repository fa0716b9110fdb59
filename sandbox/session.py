"""One stack of one project, in this sandbox."""

import os
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from sandbox import certificate, configuration
from sandbox.addresses import REGISTRY
from sandbox.credentials import Credentials
from sandbox.engine.secrets import Passphrase
from sandbox.engine.state import StateFile
from sandbox.errors import SandboxError
from sandbox.home import Home
from sandbox.project import Configuration, Project
from sandbox.pulumi_cli import PulumiCli
from sandbox.registry.base import BaseImages
from sandbox.registry.standins import StandIns

PASSPHRASE = "PULUMI_CONFIG_PASSPHRASE"

IMAGES = "images."
"""How the names of images begin in an overlay: `${images.RUNTIME_IMAGE}`."""


@dataclass(frozen=True)
class Session:
    """What both engines need to operate on a stack."""

    home: Home
    project: Project
    stack: str

    @cached_property
    def credentials(self) -> Credentials:
        return Credentials.load_or_create(self.home)

    @property
    def state(self) -> Path:
        """The stack's state file, which both engines share."""
        return self.home.state / self.project.name / f"{self.stack}.json"

    @property
    def images(self) -> frozenset[str]:
        """Names of the sandbox's images that the overlay refers to, such as `RUNTIME_IMAGE`."""
        return frozenset(n.removeprefix(IMAGES) for n in self.project.placeholders if n.startswith(IMAGES))

    @cached_property
    def configuration(self) -> Configuration:
        """The stack file with the sandbox's overlay."""
        base = BaseImages(self.home)
        values = {
            "registry.address": REGISTRY,
            "registry.username": self.credentials.registry_username,
            "registry.token": self.credentials.registry_token,
            **{f"{IMAGES}{name}": image for name, image in (base.references | StandIns(base).references).items()},
        }
        if hosts := self.project.overlay.get("certificate"):
            values["tls.certificate"], values["tls.key"] = certificate.issued(self.home, self.project.name, hosts)
        return self.project.configuration(self.stack, values)

    def program_configuration(self) -> tuple[dict[str, str], frozenset[str]]:
        """Configuration for the embedded engine: text by key, and the keys that are secret."""
        return configuration.for_program(self.configuration, self._decrypt)

    def cli(self) -> PulumiCli:
        """The real CLI on this stack."""
        passphrase = StateFile(self.state, self.credentials.passphrase).passphrase
        return PulumiCli(
            self.home,
            self.project,
            self.stack,
            self._stack_file(passphrase),
            self.credentials.passphrase,
            self.state,
        )

    def _stack_file(self, passphrase: Passphrase) -> dict[str, Any]:
        return configuration.for_cli(self.configuration, self._decrypt, passphrase.encrypt, passphrase.salt_state)

    def _decrypt(self, ciphertext: str) -> str:
        """A secret of the stack file, which the user's passphrase encrypted."""
        passphrase = os.environ.get(PASSPHRASE)
        if passphrase is None:
            raise SandboxError(
                f"Pulumi.{self.stack}.yaml holds encrypted values that the sandbox does not replace, and {PASSPHRASE} "
                "is not set, so they cannot be read. Nothing was changed. Set it to the stack's passphrase."
            )
        return Passphrase(passphrase, self.configuration.salt).decrypt(ciphertext)
