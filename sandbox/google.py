"""What the simulated Google API holds: written by the gcp provider, read by the edge."""

import fcntl
import json
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

from sandbox.home import Home
from sandbox.private import write_private

Resource = dict[str, Any]


class Google:
    """Resources by their Google resource name, such as `projects/p/global/addresses/a`.

    Each is a plain dictionary with at least `type`, the Pulumi type token. Readers see whole files only,
    and nobody else sees them.
    """

    def __init__(self, home: Home) -> None:
        self.path = home.google

    def resources(self) -> dict[str, Resource]:
        """All resources, by name; empty when nothing was ever recorded."""
        try:
            return json.loads(self.path.read_text())
        except FileNotFoundError:
            return {}

    @contextmanager
    def change(self) -> Generator[dict[str, Resource]]:
        """The resources, to be changed in place; written when the block ends without an error."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.with_suffix(".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            resources = self.resources()
            yield resources
            write_private(self.path, json.dumps(resources, indent=1, sort_keys=True).encode())
