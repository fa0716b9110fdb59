"""ManagedCertificates: their status as on GKE, and certificates from the sandbox's own authority."""

import os
import uuid
from collections.abc import Iterable
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from sandbox.edge.objects import Object
from sandbox.home import Home

PROVISIONING = timedelta(seconds=5)
"""How long a certificate that an Ingress serves stays Provisioning. Google takes 30 minutes or more; this is
long enough for a client that watches to see the state, and for programs that wait to prove that they do."""

LIFETIME = timedelta(days=90)
"""Of a Google-managed certificate."""

RENEWAL = timedelta(days=30)
"""Google renews a certificate this long before it ends."""

Status = dict[str, Any]
"""A ManagedCertificate's status: certificateName, certificateStatus, domainStatus, expireTime."""


class Certificates:
    """The certificates that were issued, one PEM file (key and certificate, 0600) each.

    A file is named `<certificateName>-<last day>.pem`: it tells all there is to know about it.
    """

    def __init__(self, home: Home) -> None:
        self._authority = home.pki
        self._directory = home.root / "edge" / "certificates"

    def file(self, certificate: Object) -> Path | None:
        """The newest file for a ManagedCertificate and its present domains; None while there is none."""
        return max(self._directory.glob(f"{certificate_name(certificate)}-*.pem"), default=None)

    def issue(self, certificate: Object, attached: datetime | None, now: datetime) -> None:
        """Issue what is due: a first certificate once it was provisioned, a renewed one before the end.

        `attached` is since when an Ingress that has its address names the certificate; None: none does.
        """
        if attached is None or not domains(certificate):
            return
        file = self.file(certificate)
        due = now - attached >= PROVISIONING or _active(certificate)
        if (file is None and due) or (file is not None and _expires(file) - now <= RENEWAL):
            self._issue(certificate_name(certificate), domains(certificate), now)

    def status(self, certificate: Object, served: Iterable[Path]) -> Status:
        """The status of a certificate: Active from when HTTPS serves it.

        As on GKE, it stays so when no Ingress names it any more, and changed domains are a new certificate.
        """
        name = certificate_name(certificate)
        files = [file for file in served if file.name.startswith(name)]
        if not files and _active(certificate):
            return dict(certificate["status"])
        state = "Active" if files else "Provisioning"
        expires = {"expireTime": _expires(max(files)).strftime(_TIME)} if files else {}
        return {
            "certificateName": name,
            "certificateStatus": state,
            "domainStatus": [{"domain": domain, "status": state} for domain in domains(certificate)],
            **expires,
        }

    def forget(self, keep: Iterable[Path]) -> None:
        """Remove all files but these."""
        for file in set(self._directory.glob("*.pem")) - set(keep):
            file.unlink()

    def _issue(self, name: str, names: list[str], now: datetime) -> None:
        expires = datetime.combine((now + LIFETIME).date(), time(), UTC)
        authority = x509.load_pem_x509_certificate((self._authority / "ca.crt").read_bytes())
        signer: Any = serialization.load_pem_private_key((self._authority / "ca.key").read_bytes(), None)
        key = ec.generate_private_key(ec.SECP256R1())
        certificate = (
            x509.CertificateBuilder()
            .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, names[0])]))
            .issuer_name(authority.subject)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            # An hour back, for clients whose clock is behind.
            .not_valid_before(now - timedelta(hours=1))
            .not_valid_after(expires)
            .add_extension(x509.SubjectAlternativeName([x509.DNSName(name) for name in names]), critical=False)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False)
            .sign(signer, hashes.SHA256())
        )
        pem = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        ) + certificate.public_bytes(serialization.Encoding.PEM)
        self._directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        file = self._directory / f"{name}-{expires:{_DAY}}.pem"
        draft = file.with_suffix(".draft")
        draft.unlink(missing_ok=True)
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
            stream.write(pem)
        draft.replace(file)


def domains(certificate: Object) -> list[str]:
    """The domains that a ManagedCertificate is for."""
    return certificate.get("spec", {}).get("domains") or []


def certificate_name(certificate: Object) -> str:
    """Its name at Google; it follows from the object and its domains, so it is the same at every look."""
    identity = uuid.UUID(certificate["metadata"]["uid"])
    return f"mcrt-{uuid.uuid5(identity, ','.join(domains(certificate)))}"


_DAY = "%Y-%m-%d"
_TIME = "%Y-%m-%dT%H:%M:%SZ"


def _active(certificate: Object) -> bool:
    status = certificate.get("status", {})
    return status.get("certificateStatus") == "Active" and status.get("certificateName") == certificate_name(
        certificate
    )


def _expires(file: Path) -> datetime:
    return datetime.strptime(file.stem[-len("yyyy-mm-dd") :], _DAY).replace(tzinfo=UTC)
