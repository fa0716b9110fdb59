"""The container registry: Debian's docker-registry behind a user name and a token."""

import base64
import http.client
import json
import subprocess
from collections.abc import Collection
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from sandbox import ports
from sandbox.addresses import REGISTRY
from sandbox.credentials import Credentials
from sandbox.errors import SandboxError
from sandbox.home import Home
from sandbox.process import Process
from sandbox.progress import Report
from sandbox.registry.base import BaseImages
from sandbox.registry.login import Login
from sandbox.registry.standins import StandIns

PORT = int(REGISTRY.partition(":")[2])


class Registry:
    """Serves `addresses.REGISTRY` over plain HTTP; nothing is pulled or pushed without the token.

    Holds from its start the base images, and those stand-ins that are in `images`.
    """

    def __init__(self, home: Home, images: Collection[str] = ()) -> None:
        self.home = home
        self.directory = home.root / "registry"
        self.process = Process(home, "registry")
        self.base = BaseImages(home)
        self.standins = StandIns(self.base)
        self.wanted = [name for name in self.standins.references if name in images]

    @cached_property
    def login(self) -> Login:
        """The one user it knows."""
        credentials = Credentials.load_or_create(self.home)
        return Login(REGISTRY, credentials.registry_username, credentials.registry_token)

    def check(self) -> None:
        """Raises SandboxError when something else holds the registry's port."""
        if self.process.pid is None:
            _require_free()

    def prepare(self, report: Report) -> None:
        """Make the images that it will hold, once old ones have made room."""
        self.base.buildah.prune(datetime.now(UTC))
        self.base.prepare(report)
        self.standins.prepare(self.wanted, report)

    def start(self, report: Report) -> None:
        """Serve, and hold the images; also when it runs already."""
        if self.process.pid is None:
            report(f"Starting the registry on {REGISTRY}")
            self.check()
            self._configure()
            self.process.start(["docker-registry", "serve", self.directory / "config.yml"])
            self.process.wait(lambda: self._status("/v2/") == 401, seconds=20)
        # A build that was killed may have left a file system mounted.
        self.base.buildah.sweep()
        standins = self.standins.references
        for image in (*self.base.references.values(), *(standins[name] for name in self.wanted)):
            if not self.holds(image):
                report(f"Pushing {image}")
                self.base.buildah.push(image, [self.login])

    def stop(self) -> None:
        """End the process; the images stay."""
        self.process.stop()

    def holds(self, reference: str) -> bool:
        """Whether the registry has the image `host/repository:tag`."""
        repository, _, tag = reference.removeprefix(f"{REGISTRY}/").rpartition(":")
        user = f"{self.login.username}:{self.login.password}".encode()
        headers = {
            "Authorization": f"Basic {base64.b64encode(user).decode()}",
            "Accept": "application/vnd.oci.image.manifest.v1+json",
        }
        return self._status(f"/v2/{repository}/manifests/{tag}", headers) == 200

    def _configure(self) -> None:
        self.directory.mkdir(parents=True, exist_ok=True)
        passwords = self.directory / "htpasswd"
        passwords.touch(mode=0o600)
        hashed = subprocess.run(
            # Cost 5, because every request is checked and 32 random bytes need no slow hash.
            ["htpasswd", "-n", "-i", "-B", "-C", "5", self.login.username],
            input=self.login.password,
            capture_output=True,
            text=True,
            check=True,
        )
        passwords.write_text(hashed.stdout)
        # JSON is YAML.
        (self.directory / "config.yml").write_text(json.dumps(configuration(self.directory), indent=1))

    def _status(self, path: str, headers: dict[str, str] | None = None) -> int | None:
        connection = http.client.HTTPConnection(REGISTRY, timeout=10)
        try:
            connection.request("HEAD", path, headers=headers or {})
            return connection.getresponse().status
        except ConnectionError:
            return None
        finally:
            connection.close()


def configuration(directory: Path) -> dict[str, Any]:
    """docker-registry's configuration (version 0.1 of its format) with all its files in `directory`."""
    return {
        "version": 0.1,
        "log": {"level": "error", "accesslog": {"disabled": True}},
        "storage": {"filesystem": {"rootdirectory": str(directory / "data")}, "delete": {"enabled": True}},
        "http": {"addr": f"127.0.0.1:{PORT}"},
        "auth": {"htpasswd": {"realm": "sandbox", "path": str(directory / "htpasswd")}},
    }


def _require_free() -> None:
    for (address, port), holder in ports.taken([("127.0.0.1", PORT)]).items():
        raise SandboxError(
            f"Port {port} of {address} is taken by {holder}, so the registry cannot start. "
            "End that process and run this again."
        )
