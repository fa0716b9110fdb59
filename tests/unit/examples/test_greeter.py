"""The apps of orchestrate: whoever knows the password gets a token, and with it a greeting by name."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
import jwt
import pytest
from greeter.drain import Drain
from greeter.service import SERVICES, service
from greeter.tokens import Tokens

SECRET = "a secret that is long enough to sign tokens"
ENVIRONMENT = {"JWT_SECRET": SECRET, "USERNAME": "user", "PASSWORD": "pass:word"}
NOW = datetime.now(UTC)
LATER = NOW + timedelta(hours=1)


def ask(name: str, path: str, auth: Any = None, token: str | None = None) -> httpx2.Response:
    headers = {} if token is None else {"authorization": f"Bearer {token}"}

    async def exchange() -> httpx2.Response:
        transport = httpx2.ASGITransport(service(name, ENVIRONMENT))
        async with httpx2.AsyncClient(transport=transport, base_url="http://greeter") as client:
            return await client.get(path, auth=auth, headers=headers)

    return asyncio.run(exchange())


def test_everyone_is_greeted() -> None:
    for name in ("monolith", "hello"):
        assert ask(name, "/").json() == {"message": "Hello"}


def test_a_token_of_auth_is_good_at_hello_and_at_the_monolith() -> None:
    for issuer in ("auth", "monolith"):
        token = ask(issuer, "/login", auth=("user", "pass:word")).json()["token"]
        for name in ("hello", "monolith"):
            assert ask(name, "/secure", token=token).json() == {"message": "Hello, user"}


@pytest.mark.parametrize("auth", [None, ("user", "wrong"), ("other", "pass:word"), ("", "")])
def test_without_the_password_there_is_no_token(auth: tuple[str, str] | None) -> None:
    answer = ask("auth", "/login", auth=auth)
    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Basic")
    assert "token" not in answer.json()


@pytest.mark.parametrize("header", ["Basic not-base64!", "Basic", "Bearer abc", "Basic dXNlcg=="])
def test_a_broken_header_is_refused_and_breaks_nothing(header: str) -> None:
    async def exchange() -> httpx2.Response:
        transport = httpx2.ASGITransport(service("auth", ENVIRONMENT))
        async with httpx2.AsyncClient(transport=transport, base_url="http://greeter") as client:
            return await client.get("/login", headers={"authorization": header})

    assert asyncio.run(exchange()).status_code == 401


@pytest.mark.parametrize(
    "token",
    [
        None,
        "",
        "nonsense",
        Tokens("another secret that is long enough as well").issue("user"),
        jwt.encode({"sub": "user", "exp": NOW - timedelta(seconds=1)}, SECRET, "HS256"),
        jwt.encode({"sub": "user"}, SECRET, "HS256"),
        jwt.encode({"sub": "user", "exp": LATER}, "", "none"),
        jwt.encode({"sub": "user", "exp": LATER}, f"{SECRET:<64}", "HS512"),
    ],
    ids=["none", "empty", "nonsense", "forged", "over", "endless", "unsigned", "other-algorithm"],
)
def test_a_token_that_is_not_ours_opens_nothing(token: str | None) -> None:
    answer = ask("hello", "/secure", token=token)
    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")


def test_the_parts_do_what_the_monolith_does_and_nothing_twice() -> None:
    routes = {name: {route.path for route in make(ENVIRONMENT)} for name, make in SERVICES.items()}
    assert routes["monolith"] == routes["auth"] | routes["hello"]
    assert not routes["auth"] & routes["hello"]


@pytest.mark.parametrize(("name", "missing"), [("auth", "PASSWORD"), ("auth", "USERNAME"), ("hello", "JWT_SECRET")])
def test_without_one_of_its_variables_it_ends_at_once_naming_it(name: str, missing: str) -> None:
    with pytest.raises(SystemExit, match=missing):
        service(name, {**ENVIRONMENT, missing: ""})


def test_a_secret_that_could_be_guessed_is_refused() -> None:
    with pytest.raises(SystemExit, match="fewer than 32 bytes"):
        Tokens("short")


def test_readiness_ends_with_sigterm_and_liveness_does_not(monkeypatch: pytest.MonkeyPatch) -> None:
    assert ask("auth", "/readyz").status_code == ask("auth", "/livez").status_code == 200
    monkeypatch.setattr(Drain, "begun", True)
    assert (ask("auth", "/readyz").status_code, ask("auth", "/livez").status_code) == (503, 200)
    assert ask("auth", "/login").headers["connection"] == "close"
