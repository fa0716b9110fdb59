"""Certificates of class nginx: a host's own from a Secret, else one that the sandbox's authority signs."""

import base64
import hashlib
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from sandbox.edge.keyring import Keyring
from sandbox.edge.objects import Cluster, Key, Kind, Object, key

DEFAULT = "ingress.local"
"""Domain of the certificate for clients that name no host, as of ingress-nginx's own."""


class TlsError(Exception):
    """Why a Secret cannot serve a host."""


class HostCertificates:
    """One PEM file a host."""

    def __init__(self, keyring: Keyring) -> None:
        self._keyring = keyring

    def signed(self, host: str, now: datetime) -> Path:
        """A certificate from the sandbox's authority."""
        return self._keyring.current(f"host-{host.replace('*', '_')}", [host], now)

    def given(self, cluster: Cluster, where: Key, host: str) -> Path:
        """What a `kubernetes.io/tls` Secret holds. Raises `TlsError` when it cannot serve the host."""
        secret = cluster[Kind.SECRET].get(where)
        if secret is None:
            raise TlsError(f'there is no Secret "{"/".join(where)}" of type kubernetes.io/tls')
        chain, private = (base64.b64decode(secret.get("data", {}).get(name, "")) for name in ("tls.crt", "tls.key"))
        try:
            leaf = x509.load_pem_x509_certificates(chain)[0]
            if load_pem_private_key(private, None).public_key() != leaf.public_key():
                raise ValueError
        except (ValueError, TypeError):
            raise TlsError(f'Secret "{"/".join(where)}" does not hold a certificate and its own private key') from None
        if not {host, f"*.{host.partition('.')[2]}"} & set(_names(leaf)):
            raise TlsError(f'the certificate in Secret "{"/".join(where)}" is not for {host}')
        pem = private.rstrip() + b"\n" + chain
        return self._keyring.write(_name(secret, pem), pem)


def secret_name(ingress: Object, host: str) -> str | None:
    """The Secret that `spec.tls` names for a host; empty when it names the host alone, None when neither."""
    for entry in ingress["spec"].get("tls") or []:
        if host in (entry.get("hosts") or []):
            return entry.get("secretName", "")
    return None


def _names(certificate: x509.Certificate) -> Iterator[str]:
    for extension in certificate.extensions:
        if isinstance(extension.value, x509.SubjectAlternativeName):
            yield from extension.value.get_values_for_type(x509.DNSName)


def _name(secret: Object, pem: bytes) -> str:
    return f"{'.'.join(key(secret))}-{hashlib.sha256(pem).hexdigest()[:16]}"
