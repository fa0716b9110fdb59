"""Signing in, and asking over HTTP."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from audit.session import SCOPE, CredentialsError, UnreadableError, signed_in
from operations.google_api import Google


class Answers(BaseHTTPRequestHandler):
    """Two pages of a collection; a refusal; nothing else is there."""

    def do_GET(self) -> None:
        address = urlsplit(self.path)
        token = parse_qs(address.query).get("pageToken")
        answer: dict[str, Any] = {"items": [2]} if token else {"items": [1], "nextPageToken": "more"}
        status = 200 if address.path == "/list" else 404
        if address.path == "/refused":
            status, answer = 403, {"error": {"message": "not yours"}}
        self.send_response(status)
        self.end_headers()
        self.wfile.write(json.dumps(answer).encode() if address.path != "/text" else b"not JSON")

    def log_message(self, format: str, *args: object) -> None: ...


@pytest.fixture
def server() -> Iterator[str]:
    served = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    thread = threading.Thread(target=served.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"http://127.0.0.1:{served.server_port}"
    served.shutdown()
    thread.join()
    served.server_close()


@pytest.fixture
def google(monkeypatch: pytest.MonkeyPatch) -> Google:
    from google.auth.credentials import AnonymousCredentials

    def sign_in(scopes: list[str]) -> tuple[AnonymousCredentials, str]:
        assert scopes == [SCOPE]
        return AnonymousCredentials(), "example-project"

    monkeypatch.setattr("google.auth.default", sign_in)
    return Google("example-project", signed_in())


def test_every_page_is_read(google: Google, server: str) -> None:
    assert [page["items"] for page in google.pages(f"{server}/list")] == [[1], [2]]


def test_what_is_not_there_is_no_error_and_a_refusal_is_one_with_its_reason(google: Google, server: str) -> None:
    assert google.read(f"{server}/nothing") is None
    assert google.read(f"{server}/text") is None
    with pytest.raises(UnreadableError, match="answered 403: not yours"):
        google.read(f"{server}/refused")


def test_a_server_that_cannot_be_reached_is_named(google: Google) -> None:
    with pytest.raises(UnreadableError, match=r"127\.0\.0\.1"):
        google.read("http://127.0.0.1:1/list")


def test_without_credentials_the_command_that_signs_in_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    from google.auth.exceptions import DefaultCredentialsError

    def refuse(scopes: list[str]) -> None:
        raise DefaultCredentialsError(f"no {scopes}")

    monkeypatch.setattr("google.auth.default", refuse)
    with pytest.raises(CredentialsError) as missing:
        signed_in()
    assert missing.value.remedy == "Run `gcloud auth application-default login`."
