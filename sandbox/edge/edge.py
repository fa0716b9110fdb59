"""The edge, as the sandbox starts and stops it."""

import shutil
import sys
from pathlib import Path

import sandbox
from sandbox import ports
from sandbox.addresses import LOAD_BALANCERS, STATIC_ADDRESSES
from sandbox.edge.proxy import Proxy
from sandbox.errors import SandboxError
from sandbox.home import VARIABLE, Home
from sandbox.process import Process
from sandbox.progress import Report

LISTENERS = [(str(next(network.hosts())), port) for network in (STATIC_ADDRESSES, LOAD_BALANCERS) for port in (80, 443)]
"""The address of each network that is given away first, and its ports."""


class Edge:
    """Two processes: HAProxy, and the controller that tells it what to serve.

    HAProxy outlives a controller that dies, and serves on with what it knows.
    """

    def __init__(self, home: Home) -> None:
        self._home = home
        self._proxy = Proxy(home)
        self._controller = Process(home, "edge")

    def check(self) -> None:
        """Raises `SandboxError` when something that `start` needs is missing or taken."""
        if shutil.which("haproxy") is None:
            raise SandboxError("haproxy is not installed, so no Ingress can be served: apt-get install haproxy.")
        self._proxy.check()
        if self._controller.pid is None and not self._proxy.alive():
            self._proxy.stop()
            self._require_ports()

    def start(self, report: Report) -> None:
        """Start both processes, unless they run."""
        self.check()
        if self._controller.pid is None:
            report("Starting the load balancer")
            self._controller.start(
                [sys.executable, "-m", "sandbox.edge"],
                {"PYTHONPATH": str(Path(sandbox.__file__).parent.parent), VARIABLE: str(self._home.root)},
            )
        self._controller.wait(self._proxy.alive, seconds=20)

    def stop(self) -> None:
        """End both processes; no address is bound afterwards."""
        self._controller.stop()
        self._proxy.stop()

    def _require_ports(self) -> None:
        """Refuse early what would fail Ingress by Ingress: most often a web server on all addresses."""
        if held := ports.taken(LISTENERS):
            text = ", ".join(f"{address}:{port} by {who}" for (address, port), who in held.items())
            raise SandboxError(
                f"The load balancer's addresses are taken: {text}. No Ingress could be served. "
                "Stop that process, or let it listen on its own address instead of all, and start again."
            )
