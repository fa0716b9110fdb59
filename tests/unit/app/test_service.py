"""What the service answers."""

import pytest

from tests.unit.app.exchange import ask


def test_the_root_greets():
    assert ask("GET", "/").json() == {"message": "Hello World"}


def test_ping_answers_a_json_string_with_200():
    answer = ask("GET", "/ping")
    assert (answer.status_code, answer.headers["content-type"], answer.text) == (200, "application/json", '"pong"')


@pytest.mark.parametrize("path", ["/ping/", "/PING", "/nothing", "/docs", "/openapi.json", "/livez/", "/metrics"])
def test_an_unknown_path_is_not_found_and_never_redirected(path: str):
    assert ask("GET", path).status_code == 404


@pytest.mark.parametrize("path", ["/", "/ping", "/livez", "/readyz"])
def test_a_method_that_a_path_does_not_have_is_refused(path: str):
    assert ask("POST", path).status_code == 405
