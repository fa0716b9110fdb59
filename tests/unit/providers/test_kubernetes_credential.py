"""What a kubeconfig holds signs in, and is left in no file."""

import base64
import json
import ssl
import tempfile
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from cryptography.x509.oid import ExtendedKeyUsageOID

from sandbox.cluster.authority import Authority
from sandbox.errors import SandboxError
from sandbox.providers.kubernetes.configuration import Connection
from sandbox.providers.kubernetes.transport import Patience, Request, Transport

VERSION = "client.authentication.k8s.io/v1beta1"
"""Of the protocol of credential plugins."""


class Named(BaseHTTPRequestHandler):
    """Answers with the subject of the client's certificate."""

    def do_GET(self) -> None:
        body = json.dumps(self.connection.getpeercert()["subject"]).encode()  # pyright: ignore[reportAttributeAccessIssue]
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *_: Any) -> None:
        """Nothing is printed."""


@pytest.fixture
def pki(tmp_path: Path) -> Path:
    """An authority, a `server` and a `client`."""
    authority = Authority.load_or_create(tmp_path)
    authority.ensure("server", "server", None, ["127.0.0.1"], [ExtendedKeyUsageOID.SERVER_AUTH])
    authority.ensure("client", "alice", None, [], [ExtendedKeyUsageOID.CLIENT_AUTH])
    return tmp_path


@pytest.fixture
def server(pki: Path) -> Iterator[str]:
    """The address of a server that demands a client's certificate."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=pki / "ca.crt")
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_cert_chain(pki / "server.crt", pki / "server.key")
    http = ThreadingHTTPServer(("127.0.0.1", 0), Named)
    http.socket = context.wrap_socket(http.socket, server_side=True)
    threading.Thread(target=http.serve_forever, args=(0.01,), daemon=True).start()
    yield f"https://127.0.0.1:{http.server_port}"
    http.shutdown()
    http.server_close()


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where temporary files go."""
    directory = tmp_path / "temporary"
    directory.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(directory))
    return directory


def connection(server: str, authority: bytes, user: dict[str, Any], **cluster: Any) -> Connection:
    kubeconfig = {
        "current-context": "c",
        "contexts": [{"name": "c", "context": {"cluster": "c", "user": "u"}}],
        "clusters": [
            {"name": "c", "cluster": {"server": server, "certificate-authority-data": text(authority)} | cluster}
        ],
        "users": [{"name": "u", "user": user}],
    }
    return Connection.of({"kubeconfig": json.dumps(kubeconfig)})


def text(content: bytes) -> str:
    return base64.b64encode(content).decode()


def in_the_kubeconfig(pki: Path) -> dict[str, Any]:
    return {
        "client-certificate-data": text((pki / "client.crt").read_bytes()),
        "client-key-data": text((pki / "client.key").read_bytes()),
    }


def from_a_plugin(pki: Path) -> dict[str, Any]:
    status = {
        "clientCertificateData": (pki / "client.crt").read_text(),
        "clientKeyData": (pki / "client.key").read_text(),
    }
    answer = pki / "answer.json"
    answer.write_text(json.dumps({"kind": "ExecCredential", "apiVersion": VERSION, "status": status}))
    return {"exec": {"apiVersion": VERSION, "command": "cat", "args": [str(answer)]}}


@pytest.mark.parametrize("user", [in_the_kubeconfig, from_a_plugin])
def test_a_client_certificate_signs_in_and_is_in_no_file_from_then_on(
    pki: Path, server: str, temporary: Path, user: Any
) -> None:
    # The second finds the first one's files gone.
    for _ in range(2):
        transport = Transport(connection(server, (pki / "ca.crt").read_bytes(), user(pki)))
        assert list(temporary.iterdir()) == []
        body, _ = transport.send(Request("GET", "/", {}), Patience.of(0, print))
        assert b"alice" in body


# It is what the kubeconfig asks for.
@pytest.mark.filterwarnings("ignore::urllib3.exceptions.InsecureRequestWarning")
def test_an_unchecked_server_is_signed_in_to_all_the_same(pki: Path, server: str, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    Authority.load_or_create(tmp_path / "other")
    other = (tmp_path / "other" / "ca.crt").read_bytes()
    unchecked = connection(server, other, in_the_kubeconfig(pki), **{"insecure-skip-tls-verify": True})
    body, _ = Transport(unchecked).send(Request("GET", "/", {}), Patience.of(0, print))
    assert b"alice" in body


def test_an_authority_that_is_no_certificate_is_named_before_anything_is_asked() -> None:
    with pytest.raises(SandboxError, match="does not name a usable cluster"):
        Transport(connection("https://127.0.0.1:1", b"no certificate", {}))
