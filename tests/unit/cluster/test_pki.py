import datetime
import json
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization

from sandbox.addresses import API_SERVER, NODE, SERVICES
from sandbox.cluster import authority, kubeconfig
from sandbox.cluster.pki import CLIENTS, SERVERS, Pki
from sandbox.home import Home


@pytest.fixture
def pki(home: Home) -> Pki:
    made = Pki(home)
    made.ensure()
    return made


def certificate(pki: Pki, name: str) -> x509.Certificate:
    return x509.load_pem_x509_certificate(pki.certificate(name).read_bytes())


def contents(pki: Pki) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in pki.directory.iterdir()}


def test_nobody_else_can_read_a_key_or_a_token(pki: Pki) -> None:
    assert pki.directory.stat().st_mode & 0o777 == 0o700
    secret = [path for path in pki.directory.iterdir() if path.suffix != ".crt"]
    assert len(secret) > len(SERVERS) + len(CLIENTS)
    assert {path.stat().st_mode & 0o777 for path in secret} == {0o600}


def test_what_is_there_and_valid_stays(pki: Pki) -> None:
    before = contents(pki)
    pki.ensure()
    assert contents(pki) == before


def test_every_certificate_is_signed_by_the_one_authority_and_fits_its_key(pki: Pki) -> None:
    ca = certificate(pki, "ca")
    for name in (*SERVERS, *CLIENTS):
        signed = certificate(pki, name)
        signed.verify_directly_issued_by(ca)
        key = serialization.load_pem_private_key(pki.key(name).read_bytes(), password=None)
        assert signed.public_key() == key.public_key()


def test_the_api_server_is_trusted_at_every_address_it_is_reached_at(pki: Pki) -> None:
    names = certificate(pki, "kube-apiserver").extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert {API_SERVER, str(SERVICES[1]), "kubernetes.default.svc"} <= {str(name.value) for name in names}


def test_the_kubelet_is_the_node_to_the_api_server_and_a_server_at_the_nodes_address(pki: Pki) -> None:
    assert certificate(pki, "kubelet").subject.rfc4514_string() == "CN=system:node:sandbox,O=system:nodes"
    names = certificate(pki, "kubelet-server").extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert NODE in {str(name.value) for name in names}


def test_a_certificate_about_to_expire_is_renewed_and_its_neighbours_are_not(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(authority, "LIFETIME", datetime.timedelta(days=20))
        Pki(home).ensure()
    pki = Pki(home)
    before = contents(pki)
    pki.ensure()
    after = contents(pki)
    changed = {name for name in after if after[name] != before[name]}
    assert changed == {f"{name}.{kind}" for name in (*SERVERS, *CLIENTS) for kind in ("crt", "key")}


def test_a_new_authority_signs_everything_anew(pki: Pki) -> None:
    pki.key("ca").unlink()
    pki.ensure()
    ca = certificate(pki, "ca")
    for name in (*SERVERS, *CLIENTS):
        certificate(pki, name).verify_directly_issued_by(ca)


def test_the_administrators_kubeconfig_stands_on_its_own(pki: Pki, tmp_path: Path) -> None:
    path = tmp_path / "kubeconfig"
    kubeconfig.of_administrator(path, pki)
    assert path.stat().st_mode & 0o777 == 0o600
    config = json.loads(path.read_text())
    assert config["clusters"][0]["cluster"]["server"] == f"https://{API_SERVER}:443"
    assert config["users"][0]["user"] == {"token": pki.admin_token.read_text()}
    assert config["current-context"] == config["contexts"][0]["name"] == "sandbox"
    assert pki.admin_token.read_text() in pki.tokens.read_text()
