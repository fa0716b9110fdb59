"""What the app answers."""

from collections.abc import Generator

import pytest
from fastapi.testclient import TestClient

from app.health import PATHS, draining
from app.main import app
from app.settings import Settings, get_settings

client = TestClient(app)


@pytest.fixture(autouse=True)
def restored() -> Generator[None]:
    yield
    app.dependency_overrides.clear()
    draining.clear()


def test_the_root_greets():
    assert client.get("/").json() == {"message": "Hello World"}


def test_the_greeting_is_a_setting():
    app.dependency_overrides[get_settings] = lambda: Settings(greeting="Hi")
    assert client.get("/").json() == {"message": "Hi"}


def test_settings_are_environment_variables(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("GREETING", "Hi")
    assert Settings().greeting == "Hi"


def test_ping_answers_a_json_string():
    answer = client.get("/ping")
    assert (answer.status_code, answer.headers["content-type"], answer.text) == (200, "application/json", '"pong"')


def test_the_schema_describes_every_path():
    assert client.get("/openapi.json").json()["paths"].keys() == {"/", *PATHS}
    assert client.get("/docs").status_code == 200


@pytest.mark.parametrize("path", sorted(PATHS))
def test_a_health_check_succeeds_without_a_redirect(path: str):
    assert client.get(path, follow_redirects=False).status_code == 200


def test_while_the_process_ends_it_is_not_ready_but_live_and_healthy():
    draining.set()
    assert {path: client.get(path).status_code for path in PATHS} == {"/ping": 200, "/livez": 200, "/readyz": 503}


@pytest.mark.parametrize("path", ["/nothing", "/metrics"])
def test_an_unknown_path_is_not_found(path: str):
    assert client.get(path).status_code == 404
