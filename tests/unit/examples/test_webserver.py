"""The app of imageview: it shows its colour and no secret, and lets clients go without a failed request."""

import asyncio
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Generator

import httpx2
import pytest
from webserver.farewell import Farewell
from webserver.page import TOLD, service

from tests.unit.recording import REPOSITORY

ENVIRONMENT = {
    "COLOUR": "green",
    "PROJECT_ID": "example<project",
    "SECRET_ID": "canary-id",
    "SECRET_KEY": "canary-key",
}


def ask(app: object, path: str = "/", accept: str = "*/*") -> httpx2.Response:
    async def exchange() -> httpx2.Response:
        transport = httpx2.ASGITransport(app)  # pyright: ignore[reportArgumentType] - two spellings of ASGI's types
        async with httpx2.AsyncClient(transport=transport, base_url="http://webserver") as client:
            return await client.get(path, headers={"accept": accept})

    return asyncio.run(exchange())


def test_a_browser_gets_a_page_and_a_program_json() -> None:
    page = ask(service(ENVIRONMENT), accept="text/html,*/*")
    assert page.headers["content-type"].startswith("text/html")
    assert "background: green" in page.text and "example&lt;project" in page.text
    told = ask(service(ENVIRONMENT), accept="application/json")
    assert told.json() == {"colour": "green", "projectId": "example<project", "secret": "present"}
    assert told.headers["vary"] == "accept"


def test_the_readme_shows_what_a_program_gets() -> None:
    environment = {**ENVIRONMENT, "COLOUR": "blue", "PROJECT_ID": "sandbox-project"}
    readme = (REPOSITORY / "examples" / "imageview" / "README.md").read_text()
    assert ask(service(environment), accept="application/json").text in readme


@pytest.mark.parametrize("accept", ["text/html", "application/json"])
def test_the_secret_is_never_shown(accept: str) -> None:
    answer = ask(service(ENVIRONMENT), accept=accept)
    assert "canary" not in str(answer.headers) + answer.text


@pytest.mark.parametrize("missing", TOLD)
def test_without_one_of_its_variables_it_ends_at_once_naming_it(missing: str) -> None:
    with pytest.raises(SystemExit, match=missing):
        service({**ENVIRONMENT, missing: ""})


@pytest.mark.parametrize(("chance", "last"), [(0.0, False), (1.0, True)])
def test_some_answers_are_the_last_of_their_connection(chance: float, last: bool) -> None:
    answer = ask(service(ENVIRONMENT, chance), "/livez")
    assert ("close" in answer.headers.get_list("connection")) is last


def test_from_sigterm_on_every_answer_is_the_last_and_the_pod_is_not_ready(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Farewell, "draining", True)
    app = service(ENVIRONMENT, 0.0)
    assert (ask(app, "/readyz").status_code, ask(app, "/livez").status_code) == (503, 200)
    assert ask(app).headers["connection"] == "close"


@pytest.fixture
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def process(port: int) -> Generator[subprocess.Popen[bytes]]:
    place = {"HOST": "127.0.0.1", "PORT": str(port), "PYTHONPATH": str(REPOSITORY / "examples" / "imageview" / "apps")}
    command = [sys.executable, "-m", "webserver"]
    with subprocess.Popen(command, env={**os.environ, **ENVIRONMENT, **place}, stderr=subprocess.DEVNULL) as started:
        deadline = time.monotonic() + 20
        while not _accepts(port):
            assert started.poll() is None and time.monotonic() < deadline
            time.sleep(0.05)
        yield started
        started.kill()


def _accepts(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def test_a_leaving_server_answers_old_and_new_connections_and_ends(port: int, process: subprocess.Popen[bytes]) -> None:
    def get(connection: http.client.HTTPConnection, path: str) -> http.client.HTTPResponse:
        connection.request("GET", path)
        answer = connection.getresponse()
        answer.read()
        return answer

    kept = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    assert get(kept, "/readyz").status == 200
    process.send_signal(signal.SIGTERM)
    while (answer := get(kept, "/readyz")).status == 200:
        time.sleep(0.01)
    assert answer.will_close
    assert get(http.client.HTTPConnection("127.0.0.1", port, timeout=5), "/").status == 200
    process.wait(timeout=10)
    assert not _accepts(port)
