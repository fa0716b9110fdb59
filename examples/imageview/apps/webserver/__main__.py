"""`python -m webserver` serves on $HOST and $PORT."""

import os

import uvicorn

from webserver.farewell import Server
from webserver.page import service

Server(
    uvicorn.Config(
        service(os.environ),
        host=os.environ["HOST"],
        port=int(os.environ["PORT"]),
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=20,
    )
).run()
