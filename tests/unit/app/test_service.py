"""What the service answers, asked in process."""

import asyncio

import httpx
import pytest

from app.main import app


def ask(method: str, path: str) -> httpx.Response:
    async def exchange() -> httpx.Response:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://app") as client:
            return await client.request(method, path)

    return asyncio.run(exchange())


def test_the_root_greets():
    assert ask("GET", "/").json() == {"message": "Hello World"}


def test_ping_answers_a_json_string_with_200():
    answer = ask("GET", "/ping")
    assert (answer.status_code, answer.headers["content-type"], answer.text) == (
        200,
        "application/json",
        '"pong"',
    )


@pytest.mark.parametrize("path", ["/ping/", "/PING", "/nothing", "/docs", "/openapi.json"])
def test_an_unknown_path_is_not_found_and_never_redirected(path: str):
    assert ask("GET", path).status_code == 404


def test_a_method_that_a_path_does_not_have_is_refused():
    assert ask("POST", "/ping").status_code == 405
