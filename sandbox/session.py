"""One stack of one project, in this sandbox."""

import os
from dataclasses import dataclass
from functools import cached_property

from sandbox import certificate
from sandbox.addresses import REGISTRY
from sandbox.credentials import Credentials
from sandbox.errors import SandboxError
from sandbox.home import Home
from sandbox.project import Configuration, Project
from sandbox.pulumi.passphrase import Passphrase
from sandbox.registry.base import BaseImages
from sandbox.registry.standins import StandIns

PASSPHRASE = "PULUMI_CONFIG_PASSPHRASE"

IMAGES = "images."
"""How the names of images begin in an overlay: `${images.RUNTIME_IMAGE}`."""


@dataclass(frozen=True)
class Session:
    """A stack, with the values that the sandbox gives it."""

    home: Home
    project: Project
    stack: str

    @cached_property
    def credentials(self) -> Credentials:
        return Credentials.load_or_create(self.home)

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

    def decrypt(self, ciphertext: str) -> str:
        """A secret of the user's stack file, which the user's passphrase encrypted."""
        passphrase = os.environ.get(PASSPHRASE)
        if passphrase is None:
            raise SandboxError(
                f"Pulumi.{self.stack}.yaml holds encrypted values that the sandbox does not replace, and {PASSPHRASE} "
                "is not set, so they cannot be read. Nothing was changed. Set it to the stack's passphrase."
            )
        return Passphrase(passphrase, self.configuration.salt).decrypt(ciphertext)
