"""The secrets that a sandbox makes for itself."""

import json
import secrets
from dataclasses import asdict, dataclass, field

from sandbox.home import Home
from sandbox.private import write_private


@dataclass(frozen=True)
class Credentials:
    """Made once per sandbox, kept in `home.credentials` (JSON by field name, mode 0600)."""

    registry_username: str
    registry_token: str = field(repr=False)
    """What the registry demands for every push and pull: 32 random bytes."""

    passphrase: str = field(repr=False)
    """Encrypts the secrets in the sandbox's state: 32 random bytes."""

    @classmethod
    def load_or_create(cls, home: Home) -> "Credentials":
        """The sandbox's credentials; made on the first call."""
        try:
            return cls(**json.loads(home.credentials.read_text()))
        except FileNotFoundError:
            made = cls("sandbox", secrets.token_urlsafe(32), secrets.token_urlsafe(32))
            made._write(home)
            return made

    def _write(self, home: Home) -> None:
        home.root.mkdir(parents=True, exist_ok=True)
        write_private(home.credentials, json.dumps(asdict(self)).encode())
