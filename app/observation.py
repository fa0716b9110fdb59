"""What is seen of each request: a log line, its metrics, and the id that its answer carries."""

from time import perf_counter

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app import metrics
from app.correlation import CURRENT, REQUEST_ID, Fields, correlate, spanned
from app.health import readiness
from app.logs import write

UNMATCHED = "unmatched"
"""Stands for the route of a path that has none."""


class Observation:
    """ASGI middleware. The log leaves out the query, which may hold what is not for every reader."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)

        started = perf_counter()
        fields = correlate(scope["headers"])
        CURRENT.set(fields)
        added = [(REQUEST_ID, str(fields["requestId"]).encode())]
        if readiness.draining:
            # Whoever keeps connections to this pod would find them closed under the next request.
            added.append((b"connection", b"close"))
        # What the server answers to a request that ends without an answer.
        status, size = 500, 0

        async def answer(message: Message) -> None:
            nonlocal status, size
            if message["type"] == "http.response.start":
                status = message["status"]
                # The span is over when the line is written.
                fields.update(spanned())
                message["headers"] = [*message.get("headers", ()), *added]
            else:
                size += len(message.get("body", b""))
            await send(message)

        metrics.IN_FLIGHT.inc()
        try:
            await self.app(scope, receive, answer)
        finally:
            metrics.IN_FLIGHT.dec()
            seconds = perf_counter() - started
            metrics.count(scope["method"], getattr(scope.get("route"), "path", UNMATCHED), status, seconds)
            _log(scope, fields, status, size, seconds)


def _log(scope: Scope, fields: Fields, status: int, size: int, seconds: float) -> None:
    method, path = scope["method"], scope["path"]
    request = {
        "requestMethod": method,
        "requestUrl": path,
        "status": status,
        "responseSize": str(size),
        "latency": f"{seconds:.6f}s",
        "protocol": f"HTTP/{scope['http_version']}",
        "userAgent": next((value.decode("latin-1") for name, value in scope["headers"] if name == b"user-agent"), ""),
    }
    write("ERROR" if status >= 500 else "INFO", f"{method} {path} {status}", {**fields, "httpRequest": request})
