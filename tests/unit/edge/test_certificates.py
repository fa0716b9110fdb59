"""A ManagedCertificate is Provisioning, then Active: from when HTTPS serves it."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509

from sandbox.edge.certificates import PROVISIONING, Certificates, certificate_name
from sandbox.edge.keyring import RENEWAL, Keyring
from tests.unit.edge.conftest import NOW
from tests.unit.edge.fakes import FakeCluster


@pytest.fixture
def certificates(keyring: Keyring) -> Certificates:
    return Certificates(keyring)


@pytest.fixture
def web(cluster: FakeCluster) -> dict[str, Any]:
    return cluster.certificate(domains=("shop.example.com", "www.shop.example.com"))


def issued(certificates: Certificates, certificate: dict[str, Any]) -> Path:
    certificates.issue(certificate, NOW - PROVISIONING, NOW)
    file = certificates.file(certificate)
    assert file is not None
    return file


def test_a_new_certificate_is_provisioning_for_each_of_its_domains(
    certificates: Certificates, web: dict[str, Any]
) -> None:
    status = certificates.status(web, [])
    assert status["certificateStatus"] == "Provisioning"
    assert status["certificateName"].startswith("mcrt-")
    assert status["domainStatus"] == [
        {"domain": "shop.example.com", "status": "Provisioning"},
        {"domain": "www.shop.example.com", "status": "Provisioning"},
    ]
    assert "expireTime" not in status


def test_nothing_is_issued_before_an_ingress_has_named_it_for_a_while(
    certificates: Certificates, web: dict[str, Any]
) -> None:
    certificates.issue(web, None, NOW)
    certificates.issue(web, NOW - PROVISIONING + timedelta(seconds=1), NOW)
    assert certificates.file(web) is None
    certificates.issue(web, NOW - PROVISIONING, NOW)
    assert certificates.file(web) is not None


def test_the_sandboxes_authority_vouches_for_all_domains(
    certificates: Certificates, web: dict[str, Any], authority: x509.Certificate
) -> None:
    leaf = x509.load_pem_x509_certificate(issued(certificates, web).read_bytes())
    leaf.verify_directly_issued_by(authority)
    names = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == ["shop.example.com", "www.shop.example.com"]


def test_keys_are_for_their_owner_only(certificates: Certificates, web: dict[str, Any]) -> None:
    file = issued(certificates, web)
    assert file.stat().st_mode & 0o777 == 0o600
    assert file.parent.stat().st_mode & 0o777 == 0o700


def test_a_certificate_is_active_from_when_it_is_served(certificates: Certificates, web: dict[str, Any]) -> None:
    file = issued(certificates, web)
    assert certificates.status(web, [])["certificateStatus"] == "Provisioning"
    status = certificates.status(web, [file])
    assert status["certificateStatus"] == "Active"
    leaf = x509.load_pem_x509_certificate(file.read_bytes())
    assert status["expireTime"] == leaf.not_valid_after_utc.strftime("%Y-%m-%dT%H:%M:%SZ")


def test_an_active_certificate_stays_so_when_no_ingress_names_it(
    certificates: Certificates, web: dict[str, Any]
) -> None:
    web["status"] = certificates.status(web, [issued(certificates, web)])
    assert certificates.status(web, []) == web["status"]


def test_changed_domains_are_a_new_certificate(certificates: Certificates, web: dict[str, Any]) -> None:
    old = issued(certificates, web)
    web["status"] = certificates.status(web, [old])
    web["spec"]["domains"] = ["new.example.com"]
    status = certificates.status(web, [old])
    assert certificates.file(web) is None
    assert status["certificateStatus"] == "Provisioning"
    assert status["certificateName"] != web["status"]["certificateName"]


def test_asking_again_issues_nothing_anew(certificates: Certificates, web: dict[str, Any]) -> None:
    first = issued(certificates, web).read_bytes()
    assert issued(certificates, web).read_bytes() == first


def test_a_certificate_is_renewed_before_it_ends(certificates: Certificates, web: dict[str, Any]) -> None:
    first = issued(certificates, web)
    leaf = x509.load_pem_x509_certificate(first.read_bytes())
    certificates.issue(web, NOW, leaf.not_valid_after_utc - RENEWAL - timedelta(minutes=1))
    assert certificates.file(web) == first
    certificates.issue(web, NOW, leaf.not_valid_after_utc - RENEWAL)
    assert certificates.file(web) not in (None, first)


def test_an_active_certificate_whose_file_is_lost_comes_back_at_once(
    certificates: Certificates, keyring: Keyring, web: dict[str, Any]
) -> None:
    file = issued(certificates, web)
    web["status"] = certificates.status(web, [file])
    keyring.forget([])
    assert not file.exists()
    certificates.issue(web, NOW, NOW)
    assert certificates.file(web) == file


def test_files_in_use_are_kept_and_others_removed(
    certificates: Certificates, keyring: Keyring, web: dict[str, Any], cluster: FakeCluster
) -> None:
    keep, drop = issued(certificates, web), issued(certificates, cluster.certificate("other"))
    keyring.forget([keep])
    assert keep.exists()
    assert not drop.exists()


def test_a_certificate_without_domains_is_never_issued(certificates: Certificates, cluster: FakeCluster) -> None:
    empty = cluster.certificate(domains=())
    certificates.issue(empty, NOW - PROVISIONING, NOW)
    assert certificates.file(empty) is None


def test_a_name_belongs_to_one_object_and_its_domains(cluster: FakeCluster) -> None:
    one, other = cluster.certificate("one"), cluster.certificate("other")
    assert certificate_name(one) == certificate_name(one)
    assert certificate_name(one) != certificate_name(other)
