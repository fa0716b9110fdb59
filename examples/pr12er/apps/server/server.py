"""The server, and its drain: what happens between SIGTERM and the end."""

import asyncio
import logging
import signal

import grpc
from grpc_health.v1.health import OVERALL_HEALTH, aio  # pyright: ignore[reportAttributeAccessIssue]
from grpc_health.v1.health_pb2 import HealthCheckResponse
from grpc_health.v1.health_pb2_grpc import add_HealthServicer_to_server
from reviews_pb2 import DESCRIPTOR  # pyright: ignore[reportMissingImports] - made by the image's build
from reviews_pb2_grpc import add_ReviewsServicer_to_server  # pyright: ignore[reportMissingImports]

from server.certificate import self_signed
from server.observation import Observation
from server.reviews import Reviews

DRAIN = 2.0
"""Seconds after SIGTERM in which new RPCs are still answered, for clients that come late."""

GRACE = 20.0
"""Seconds that RPCs under way get after that."""

SERVICES = (OVERALL_HEALTH, *(service.full_name for service in DESCRIPTOR.services_by_name.values()))
"""What the health service is asked for."""

logger = logging.getLogger(__name__)


async def serve(host: str, port: int, tls_port: int | None = None, drain: float = DRAIN) -> None:
    """Serve until SIGTERM and the drain after it."""
    server, health = await started(host, port, tls_port)
    terminated = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, terminated.set)
    logger.info("Serving on port %d.", port)
    await terminated.wait()
    logger.info("SIGTERM: not healthy any more. New RPCs are answered for %g s, then those under way.", drain)
    await health.enter_graceful_shutdown()
    await asyncio.sleep(drain)
    await server.stop(GRACE)
    logger.info("All RPCs have ended.")


async def started(host: str, port: int, tls_port: int | None = None) -> tuple[grpc.aio.Server, aio.HealthServicer]:
    """A server that answers in cleartext, and at `tls_port` under TLS; raises RuntimeError when a port is taken."""
    # Without this option two servers could share a port, and each would miss the other's clients.
    server = grpc.aio.server(interceptors=[Observation()], options=[("grpc.so_reuseport", 0)])
    health = aio.HealthServicer()
    add_HealthServicer_to_server(health, server)
    add_ReviewsServicer_to_server(Reviews(), server)
    server.add_insecure_port(f"{host}:{port}")
    if tls_port:
        server.add_secure_port(f"{host}:{tls_port}", grpc.ssl_server_credentials([self_signed()]))
    await server.start()
    for service in SERVICES:
        await health.set(service, HealthCheckResponse.SERVING)
    return server, health
