"""A service: its own routes, those of its health, and an answer to every other path."""

import logging
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import APIRouter, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from chassis.environment import required
from chassis.health import LIVE, READY, Need, opened, troubles
from chassis.logs import JsonFormatter

METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]

logger = logging.getLogger(__name__)


class Service(FastAPI):
    """Every answer holds at least `service` and `path`."""

    def __init__(self, name: str, router: APIRouter, *needs: Need) -> None:
        @asynccontextmanager
        async def lifespan(_: FastAPI) -> AsyncGenerator[None]:
            JsonFormatter.service = name
            logger.info("%s starts (%s).", name, required("NODE_ENV"))
            async with opened(needs):
                yield

        async def live(request: Request) -> JSONResponse:
            return answer(request)

        async def ready(request: Request) -> JSONResponse:
            found = await troubles(needs)
            return answer(request, 503 if found else 200, troubles=found)

        super().__init__(title=name, lifespan=lifespan, openapi_url=None, redirect_slashes=False)
        self.add_api_route(LIVE, live)
        self.add_api_route(READY, ready)
        self.include_router(router)
        self.add_api_route("/{path:path}", anything, methods=METHODS)
        self.add_exception_handler(HTTPException, _refused)
        self.add_exception_handler(RequestValidationError, _invalid)


def answer(request: Request, status: int = 200, /, **content: Any) -> JSONResponse:
    """JSON that says who answers what."""
    return JSONResponse({"service": request.app.title, "path": request.scope["path"], **content}, status)


async def anything(request: Request) -> JSONResponse:
    """What has no route of its own is answered all the same: it shows where the Ingress led to."""
    return answer(request, method=request.method)


async def _refused(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    return answer(request, error.status_code, error=error.detail)


async def _invalid(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    # Without the input, which may be a password.
    wrong = [f"{'.'.join(str(part) for part in one['loc'])}: {one['msg']}" for one in error.errors()]
    return answer(request, 422, error=wrong)
