"""`python -m server` serves gRPC on $PR12ER_GRPC_PORT and metrics on $PR12ER_PROMETHEUS_PORT, until SIGTERM.

With $PR12ER_TLS_PORT it serves gRPC under TLS, too, with a certificate of its own.
"""

import asyncio
import logging.config
import os

from server.logs import CONFIGURATION
from server.metrics import served
from server.server import serve

# All of the pod's addresses in the image; elsewhere it stays on the machine.
HOST = os.environ.get("HOST", "127.0.0.1")

TLS_PORT = int(os.environ.get("PR12ER_TLS_PORT", "0")) or None

logging.config.dictConfig(CONFIGURATION)
with served(HOST, int(os.environ["PR12ER_PROMETHEUS_PORT"])):
    asyncio.run(serve(HOST, int(os.environ["PR12ER_GRPC_PORT"]), TLS_PORT))
