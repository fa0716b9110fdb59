"""The secrets that a sandbox makes for itself."""

import json
import os
import secrets
from dataclasses import asdict, dataclass, field

from sandbox.home import Home


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
        """Whole and private from its first byte, so that no reader sees half of it."""
        home.root.mkdir(parents=True, exist_ok=True)
        draft = home.credentials.with_suffix(".draft")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            json.dump(asdict(self), file)
        draft.replace(home.credentials)
