"""ManagedCertificates: their status as on GKE."""

import uuid
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sandbox.edge.keyring import Keyring, expires, near_end
from sandbox.edge.objects import Object

PROVISIONING = timedelta(seconds=5)
"""How long a certificate that an Ingress serves stays Provisioning. Google takes 30 minutes or more; this is
long enough for a client that watches to see the state, and for programs that wait to prove that they do."""

Status = dict[str, Any]
"""A ManagedCertificate's status: certificateName, certificateStatus, domainStatus, expireTime."""


class Certificates:
    """Issues what is due, and tells how far each is."""

    def __init__(self, keyring: Keyring) -> None:
        self._keyring = keyring

    def file(self, certificate: Object) -> Path | None:
        """The newest file for a ManagedCertificate and its present domains; None while there is none."""
        return self._keyring.newest(certificate_name(certificate))

    def issue(self, certificate: Object, attached: datetime | None, now: datetime) -> None:
        """Issue what is due: a first certificate once it was provisioned, a renewed one before the end.

        `attached` is since when an Ingress that has its address names the certificate; None: none does.
        """
        if attached is None or not domains(certificate):
            return
        file = self.file(certificate)
        due = now - attached >= PROVISIONING or _active(certificate)
        if (file is None and due) or (file is not None and near_end(file, now)):
            self._keyring.issue(certificate_name(certificate), domains(certificate), now)

    def status(self, certificate: Object, served: Iterable[Path]) -> Status:
        """The status of a certificate: Active from when HTTPS serves it.

        As on GKE, it stays so when no Ingress names it any more, and changed domains are a new certificate.
        """
        name = certificate_name(certificate)
        files = [file for file in served if file.name.startswith(name)]
        if not files and _active(certificate):
            return dict(certificate["status"])
        state = "Active" if files else "Provisioning"
        until = {"expireTime": f"{expires(max(files)):%Y-%m-%dT%H:%M:%SZ}"} if files else {}
        return {
            "certificateName": name,
            "certificateStatus": state,
            "domainStatus": [{"domain": domain, "status": state} for domain in domains(certificate)],
            **until,
        }


def domains(certificate: Object) -> list[str]:
    """The domains that a ManagedCertificate is for."""
    return certificate.get("spec", {}).get("domains") or []


def certificate_name(certificate: Object) -> str:
    """Its name at Google; it follows from the object and its domains, so it is the same at every look."""
    identity = uuid.UUID(certificate["metadata"]["uid"])
    return f"mcrt-{uuid.uuid5(identity, ','.join(domains(certificate)))}"


def _active(certificate: Object) -> bool:
    status = certificate.get("status", {})
    return status.get("certificateStatus") == "Active" and status.get("certificateName") == certificate_name(
        certificate
    )
