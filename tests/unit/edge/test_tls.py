"""A host of class nginx is served with its Secret's certificate, else with one of the sandbox's own."""

import base64
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509

from sandbox.edge.keyring import Keyring
from sandbox.edge.objects import Kind
from sandbox.edge.tls import HostCertificates, TlsError, secret_name
from tests.unit.edge.conftest import NOW
from tests.unit.edge.fakes import FakeCluster

WHERE = ("shop", "tls")


@pytest.fixture
def certificates(keyring: Keyring) -> HostCertificates:
    return HostCertificates(keyring)


def secret(cluster: FakeCluster, file: Path, key: Path | None = None) -> None:
    pems = {"tls.crt": file.read_bytes(), "tls.key": (key or file).read_bytes()}
    cluster.add(Kind.SECRET, "tls", data={name: base64.b64encode(pem).decode() for name, pem in pems.items()})


def names(file: Path) -> list[str]:
    leaf = x509.load_pem_x509_certificate(file.read_bytes())
    return leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value.get_values_for_type(x509.DNSName)


@pytest.mark.parametrize("host", ["shop.example.com", "*.example.com", f"{'a' * 60}.example.com"])
def test_the_sandboxes_authority_signs_for_a_host_once(
    certificates: HostCertificates, authority: x509.Certificate, host: str
) -> None:
    file = certificates.signed(host, NOW)
    assert certificates.signed(host, NOW) == file
    assert names(file) == [host]
    x509.load_pem_x509_certificate(file.read_bytes()).verify_directly_issued_by(authority)


def test_a_host_whose_name_begins_another_has_its_own(certificates: HostCertificates) -> None:
    hosts = ("shop-new", "shop")
    assert [names(certificates.signed(host, NOW)) for host in hosts] == [[host] for host in hosts]


@pytest.mark.parametrize("domain", ["shop.example.com", "*.example.com"])
def test_a_secrets_certificate_is_kept_for_its_owner_only(
    certificates: HostCertificates, keyring: Keyring, cluster: FakeCluster, domain: str
) -> None:
    secret(cluster, keyring.issue("given", [domain], NOW))
    file = certificates.given(cluster, WHERE, "shop.example.com")
    assert names(file) == [domain]
    assert file.stat().st_mode & 0o777 == 0o600
    assert certificates.given(cluster, WHERE, "shop.example.com") == file


def test_a_changed_secret_is_another_file(
    certificates: HostCertificates, keyring: Keyring, cluster: FakeCluster
) -> None:
    secret(cluster, keyring.issue("given", ["shop.example.com"], NOW))
    before = certificates.given(cluster, WHERE, "shop.example.com")
    secret(cluster, keyring.issue("given", ["shop.example.com"], NOW))
    assert certificates.given(cluster, WHERE, "shop.example.com") != before


def test_a_secret_that_cannot_serve_the_host_says_why(
    certificates: HostCertificates, keyring: Keyring, cluster: FakeCluster
) -> None:
    with pytest.raises(TlsError, match='no Secret "shop/tls"'):
        certificates.given(cluster, WHERE, "shop.example.com")
    mine, other = (keyring.issue(name, ["shop.example.com"], NOW) for name in ("mine", "other"))
    secret(cluster, mine, key=other)
    with pytest.raises(TlsError, match="its own private key"):
        certificates.given(cluster, WHERE, "shop.example.com")
    cluster.add(Kind.SECRET, "tls", data={"tls.crt": "bm90aGluZw=="})
    with pytest.raises(TlsError, match="does not hold"):
        certificates.given(cluster, WHERE, "shop.example.com")
    secret(cluster, mine)
    with pytest.raises(TlsError, match="is not for deep"):
        certificates.given(cluster, WHERE, "deep.shop.example.com")


@pytest.mark.parametrize(
    ("tls", "name"),
    [
        ([], None),
        ([{"hosts": ["other.example.com"], "secretName": "tls"}], None),
        ([{"hosts": ["shop.example.com"], "secretName": "tls"}], "tls"),
        ([{"hosts": ["shop.example.com"]}], ""),
    ],
)
def test_tls_names_a_secret_for_a_host_or_the_host_alone(tls: list[dict[str, Any]], name: str | None) -> None:
    assert secret_name({"spec": {"tls": tls}}, "shop.example.com") == name
