"""The service: a greeting, what is asked of its health, and what is seen of its work."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from starlette.types import Receive, Scope, Send

from app import health, metrics
from app.observation import Observation
from app.route import PlainRoute
from app.tracing import TELEMETRY

GREETING = JSONResponse({"message": "Hello World"})
"""Rendered once, because it is the same for everyone."""


async def greeting(_: Request) -> JSONResponse:
    """What visitors see."""
    return GREETING


@asynccontextmanager
async def lifespan(_: FastAPI) -> AsyncGenerator[None]:
    """What runs beside the requests, from before the first to after the last."""
    with metrics.served(), health.draining():
        yield


service = FastAPI(
    routes=[PlainRoute("/", greeting), *health.ROUTES],
    lifespan=lifespan,
    telemetry=TELEMETRY,
    # A health path that redirects makes the load balancer mark every backend unhealthy.
    redirect_slashes=False,
    openapi_url=None,
)
observed = Observation(service)


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    """Questions of health come every few seconds for the pod's whole life: they leave no trace of any kind."""
    await (service if scope.get("path") in health.PATHS else observed)(scope, receive, send)
