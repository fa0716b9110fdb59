"""What the edge's tests start from."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from sandbox.edge.keyring import Keyring
from sandbox.home import Home
from tests.unit.edge.fakes import FakeCluster

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)


@pytest.fixture
def cluster() -> FakeCluster:
    return FakeCluster()


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home", tmp_path / "cache")


@pytest.fixture
def authority(home: Home) -> x509.Certificate:
    """The sandbox's own, where the cluster puts it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "test")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(NOW - timedelta(days=1))
        .not_valid_after(NOW + timedelta(days=3650))
        .sign(key, hashes.SHA256())
    )
    home.pki.mkdir(parents=True)
    (home.pki / "ca.crt").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    (home.pki / "ca.key").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return certificate


@pytest.fixture
def keyring(home: Home, authority: x509.Certificate) -> Keyring:
    assert authority
    return Keyring(home)
