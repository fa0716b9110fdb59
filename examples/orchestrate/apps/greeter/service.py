"""The monolith and its parts: who they greet, and who may sign in."""

import base64
import binascii
import hmac
from collections.abc import Callable, Mapping

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from greeter.drain import HEALTH, Drain
from greeter.tokens import Tokens

Environment = Mapping[str, str]


def hello(environment: Environment) -> list[Route]:
    """Greets everyone at /, and at /secure those who have signed in."""
    tokens = Tokens(_required(environment, "JWT_SECRET"))

    async def home(_: Request) -> JSONResponse:
        return JSONResponse({"message": "Hello"})

    async def secure(request: Request) -> JSONResponse:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not (user := tokens.user(token)):
            return _refused("Bearer")
        return JSONResponse({"message": f"Hello, {user}"})

    return [Route("/", home), Route("/secure", secure)]


def auth(environment: Environment) -> list[Route]:
    """Gives at /login a token to who knows the password."""
    tokens = Tokens(_required(environment, "JWT_SECRET"))
    known = f"{_required(environment, 'USERNAME')}:{_required(environment, 'PASSWORD')}".encode()

    async def login(request: Request) -> JSONResponse:
        if not hmac.compare_digest(_basic(request), known):
            return _refused("Basic")
        return JSONResponse({"token": tokens.issue(environment["USERNAME"])}, headers={"cache-control": "no-store"})

    return [Route("/login", login)]


def monolith(environment: Environment) -> list[Route]:
    """Both in one."""
    return [*hello(environment), *auth(environment)]


SERVICES: Mapping[str, Callable[[Environment], list[Route]]] = {"hello": hello, "auth": auth, "monolith": monolith}


def service(name: str, environment: Environment) -> Starlette:
    """One of SERVICES; ends the process, naming the variable, when `environment` lacks one."""
    return Starlette(routes=[*SERVICES[name](environment), *HEALTH], middleware=[Middleware(Drain)])


def _required(environment: Environment, variable: str) -> str:
    if not (value := environment.get(variable)):
        raise SystemExit(f"{variable} is not set, so this service cannot work. Set it in its Deployment.")
    return value


def _basic(request: Request) -> bytes:
    """User and password with a colon between them, or nothing: RFC 7617."""
    scheme, _, encoded = request.headers.get("authorization", "").partition(" ")
    try:
        return base64.b64decode(encoded, validate=True) if scheme.lower() == "basic" else b""
    except binascii.Error:
        return b""


def _refused(scheme: str) -> JSONResponse:
    return JSONResponse({"error": "not signed in"}, 401, {"www-authenticate": scheme})
