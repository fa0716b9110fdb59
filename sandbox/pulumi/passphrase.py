"""Pulumi's passphrase secrets provider: reads what the CLI encrypted, and the other way round.

Values are AES-256-GCM under a key derived with PBKDF2-SHA256, one million iterations. A salt state is
`v1:SALT:v1:NONCE:CIPHERTEXT`, whose ciphertext is the word `pulumi`, to tell a wrong passphrase.
(pulumi/pulumi: sdk/go/common/resource/config/crypt.go, pkg/secrets/passphrase/manager.go)
"""

import base64
import hashlib
import os
from functools import cached_property, lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from sandbox.errors import SandboxError

ITERATIONS = 1_000_000
_PROOF = "pulumi"


class Passphrase:
    """Encrypts and decrypts with one passphrase. The key is derived on first use (about 0.3 s, once a process)."""

    def __init__(self, passphrase: str, salt_state: str | None = None) -> None:
        self._passphrase = passphrase
        self._salt_state = salt_state

    @property
    def salt_state(self) -> str:
        """A stack file's `encryptionsalt`, a state file's `secrets_providers.state.salt`."""
        if self._salt_state is None:
            salt = os.urandom(8)
            cipher = AESGCM(_derive(self._passphrase, salt))
            self._salt_state = f"v1:{_encoded(salt)}:{_sealed(cipher, _PROOF)}"
        return self._salt_state

    @cached_property
    def _cipher(self) -> AESGCM:
        version, salt, proof = (*self.salt_state.split(":", 2), "", "")[:3]
        if version != "v1":
            raise SandboxError(
                f"The encryption salt starts with {version!r} and only v1 is known, so no secret can be read. "
                "Restore the salt that the secrets were encrypted with."
            )
        cipher = AESGCM(_derive(self._passphrase, base64.b64decode(salt)))
        try:
            right = _opened(cipher, proof) == _PROOF
        except (InvalidTag, ValueError):
            right = False
        if not right:
            raise SandboxError(
                "The passphrase does not fit the encryption salt, so no secret can be read and nothing was changed. "
                "Use the passphrase that the stack was made with (PULUMI_CONFIG_PASSPHRASE)."
            )
        return cipher

    def encrypt(self, plaintext: str) -> str:
        return _sealed(self._cipher, plaintext)

    def decrypt(self, ciphertext: str) -> str:
        """The text. Raises SandboxError for a ciphertext that was changed or made with another key."""
        try:
            return _opened(self._cipher, ciphertext)
        except (InvalidTag, ValueError):
            raise SandboxError(
                "A secret cannot be decrypted: it was damaged or encrypted with another passphrase. Nothing was "
                "changed. Set it again, or restore the file that holds it."
            ) from None


@lru_cache
def _derive(passphrase: str, salt: bytes) -> bytes:
    return hashlib.pbkdf2_hmac("sha256", passphrase.encode(), salt, ITERATIONS, 32)


def _sealed(cipher: AESGCM, plaintext: str) -> str:
    nonce = os.urandom(12)
    return f"v1:{_encoded(nonce)}:{_encoded(cipher.encrypt(nonce, plaintext.encode(), None))}"


def _opened(cipher: AESGCM, ciphertext: str) -> str:
    version, nonce, sealed = ciphertext.split(":")
    if version != "v1":
        raise ValueError(version)
    return cipher.decrypt(base64.b64decode(nonce), base64.b64decode(sealed), None).decode()


def _encoded(data: bytes) -> str:
    return base64.b64encode(data).decode()
