"""`python -m app.server` serves the app."""

import asyncio
import logging
import socket

import uvicorn
from prometheus_client import start_http_server

from app.health import draining
from app.logs import LOGGING
from app.main import app
from app.settings import settings

logger = logging.getLogger(__name__)

GRACEFUL_SHUTDOWN = 20
"""Seconds that requests under way get after the drain; `terminationGracePeriodSeconds` leaves room for both."""


class Server(uvicorn.Server):
    """Answers requests for a while after SIGTERM, see docs/adr/0004-drain.md."""

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        draining.set()
        # Clients in the cluster give up their connections, which would be closed under their next request.
        self.server_state.default_headers.append((b"connection", b"close"))
        logger.info("Draining: requests are answered for %g s, then those under way.", settings.drain_seconds)
        await asyncio.sleep(settings.drain_seconds)
        await super().shutdown(sockets)


def configuration() -> uvicorn.Config:
    """How uvicorn serves the app, see docs/adr/0015-uvicorn.md. Configures logging."""
    return uvicorn.Config(
        app,
        host="0.0.0.0",
        port=settings.port,
        loop="uvloop",
        http="httptools",
        log_config=LOGGING,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        # Google's load balancer keeps idle connections for 600 s.
        timeout_keep_alive=620,
        timeout_graceful_shutdown=GRACEFUL_SHUTDOWN,
    )


def main() -> None:
    """Serve until SIGTERM; metrics come from a thread, also when the event loop is stuck."""
    host, _, port = settings.metrics_address.rpartition(":")
    start_http_server(int(port), host)
    Server(configuration()).run()


if __name__ == "__main__":
    main()
