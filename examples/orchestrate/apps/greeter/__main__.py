"""`python -m greeter` serves $SERVICE on $HOST and $PORT."""

import os
import socket

import uvicorn

from greeter.drain import Server
from greeter.service import service

Server(
    uvicorn.Config(
        service(os.environ["SERVICE"], os.environ),
        host=os.environ["HOST"],
        port=int(os.environ["PORT"]),
        access_log=False,
        server_header=False,
        # Which pod has answered.
        headers=[("x-served-by", socket.gethostname())],
        timeout_graceful_shutdown=20,
    )
).run()
