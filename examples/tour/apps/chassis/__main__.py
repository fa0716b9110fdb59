"""`python -m chassis` serves the `app` of the module `service` in the working directory, on $PORT."""

import uvicorn

from chassis.environment import required
from chassis.logs import CONFIGURATION

uvicorn.run(
    "service:app",
    # All of the pod's addresses; tests stay on the machine.
    host=required("HOST"),
    port=int(required("PORT")),
    log_config=CONFIGURATION,
    server_header=False,
    timeout_graceful_shutdown=10,
)
