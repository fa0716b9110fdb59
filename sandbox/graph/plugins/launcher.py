"""What the Pulumi CLI starts as a provider plugin: asks the server at a socket to serve one, and prints its port.

Run by path with `-I -S`, so that it starts in a fraction of what importing the SDK takes.
"""

import json
import os
import signal
import socket
import sys
import time
from pathlib import Path

ENVIRONMENT = "GKE_WEBAPP_SANDBOX"
"""Names the directory of the simulated Google's record."""


STARTUP = 30
"""Seconds in which the server has to listen, which starts when the CLI does."""


def main() -> None:
    """Stay until the CLI ends this process, by which the server knows that the provider is no longer needed."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    server, package, engine = sys.argv[1:4]
    with socket.socket(socket.AF_UNIX) as connection:
        _connect(connection, server)
        request = {
            "package": package,
            "engine": engine,
            "directory": str(Path.cwd()),
            "record": os.environ[ENVIRONMENT],
        }
        connection.sendall(json.dumps(request).encode() + b"\n")
        port = connection.makefile().readline()
        print(port.strip(), flush=True)
        connection.recv(1)


def _connect(connection: socket.socket, server: str) -> None:
    deadline = time.monotonic() + STARTUP
    while True:
        try:
            connection.connect(server)
        except OSError:
            if time.monotonic() > deadline:
                sys.exit("The stand-ins for the providers did not start.")
            time.sleep(0.05)
        else:
            return


if __name__ == "__main__":
    main()
