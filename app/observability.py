"""The access log and the metrics of requests."""

import logging
from time import perf_counter

from prometheus_client import Histogram
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.health import PATHS

DURATION = Histogram("http_request_duration_seconds", "Duration of requests.", ["method", "route", "status"])

logger = logging.getLogger(__name__)


class ObservabilityMiddleware:
    """Logs and measures every request but health checks, which come every few seconds."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] in PATHS:
            await self.app(scope, receive, send)
            return

        started = perf_counter()
        # What the server answers when the app raises an exception.
        status = 500

        async def record_status(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self.app(scope, receive, record_status)
        finally:
            seconds = perf_counter() - started
            method, path = scope["method"], scope["path"]
            # By route, because every path would be a time series of its own.
            route = getattr(scope.get("route"), "path", "unmatched")
            DURATION.labels(method, route, status).observe(seconds)
            # Without the query, which may hold secrets.
            request = {
                "requestMethod": method,
                "requestUrl": path,
                "status": status,
                "latency": f"{seconds:.6f}s",
                "protocol": f"HTTP/{scope['http_version']}",
            }
            severity = logging.ERROR if status >= 500 else logging.INFO
            logger.log(severity, "%s %s %d", method, path, status, extra={"httpRequest": request})
