"""Health checks."""

import asyncio
from typing import Literal

from fastapi import APIRouter, HTTPException
from fastapi.routing import APIRoute

draining = asyncio.Event()
"""Set when the process is about to end."""

router = APIRouter(tags=["health"])


@router.get("/ping")
async def ping() -> Literal["pong"]:
    """The load balancer's health check and the readiness probe."""
    return "pong"


@router.get("/livez")
async def live() -> Literal["live"]:
    """The liveness probe. It depends on the event loop alone, because a restart would help nothing else."""
    return "live"


@router.get("/readyz", responses={503: {"description": "The process is about to end."}})
async def ready() -> Literal["ready"]:
    """Whether new requests should be sent here; they are answered until the process ends."""
    if draining.is_set():
        raise HTTPException(503, "draining")
    return "ready"


PATHS = frozenset(route.path for route in router.routes if isinstance(route, APIRoute))
"""Requested every few seconds, and therefore left out of logs, metrics and traces."""
