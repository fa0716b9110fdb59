"""Private keys with their certificates, and the sandbox's authority that signs them."""

from collections.abc import Iterable
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from sandbox.home import Home
from sandbox.private import write_private

LIFETIME = timedelta(days=90)
"""Of a Google-managed certificate."""

RENEWAL = timedelta(days=30)
"""Google renews a certificate this long before it ends."""

_COMMON_NAME = 64
"""Characters that X.509 allows."""

_DAY = "%Y-%m-%d"


class Keyring:
    """One PEM file (key and certificate, 0600) each, in a directory of their own (0700).

    An issued one is named `<name>-<last day>.pem`: the name tells all there is to know about it.
    """

    def __init__(self, home: Home) -> None:
        self._authority = home.pki
        self._directory = home.root / "edge" / "certificates"

    def newest(self, name: str) -> Path | None:
        """The newest file that was issued under a name."""
        return max(self._directory.glob(f"{name}-????-??-??.pem"), default=None)

    def current(self, name: str, domains: list[str], now: datetime) -> Path:
        """The newest file under a name, issued when there is none that lasts."""
        file = self.newest(name)
        return file if file and not near_end(file, now) else self.issue(name, domains, now)

    def issue(self, name: str, domains: list[str], now: datetime) -> Path:
        """A new key and certificate for domains, signed by the sandbox's authority."""
        expires = datetime.combine((now + LIFETIME).date(), time(), UTC)
        return self.write(f"{name}-{expires:{_DAY}}", self._signed(domains, now, expires))

    def write(self, name: str, pem: bytes) -> Path:
        """Keep a key and its certificate under a name."""
        self._directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        file = self._directory / f"{name}.pem"
        if file.exists() and file.read_bytes() == pem:
            return file
        write_private(file, pem)
        return file

    def forget(self, keep: Iterable[Path]) -> None:
        """Remove all files but these."""
        for file in set(self._directory.glob("*.pem")) - set(keep):
            file.unlink()

    def _signed(self, domains: list[str], now: datetime, expires: datetime) -> bytes:
        authority = x509.load_pem_x509_certificate((self._authority / "ca.crt").read_bytes())
        signer: Any = serialization.load_pem_private_key((self._authority / "ca.key").read_bytes(), None)
        key = ec.generate_private_key(ec.SECP256R1())
        certificate = (
            x509.CertificateBuilder()
            .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, domains[0][:_COMMON_NAME])]))
            .issuer_name(authority.subject)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            # An hour back, for clients whose clock is behind.
            .not_valid_before(now - timedelta(hours=1))
            .not_valid_after(expires)
            .add_extension(x509.SubjectAlternativeName([x509.DNSName(name) for name in domains]), critical=False)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False)
            .sign(signer, hashes.SHA256())
        )
        return key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        ) + certificate.public_bytes(serialization.Encoding.PEM)


def expires(file: Path) -> datetime:
    """When an issued certificate ends, by its file's name."""
    return datetime.strptime(file.stem[-len("yyyy-mm-dd") :], _DAY).replace(tzinfo=UTC)


def near_end(file: Path, now: datetime) -> bool:
    """Whether an issued certificate is due to be renewed."""
    return expires(file) - now <= RENEWAL
