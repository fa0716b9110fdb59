"""HAProxy's admin socket: the master's command line, and through it the worker's."""

import re
import socket
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from sandbox.edge.haproxy import server_options
from sandbox.edge.model import Backend, Endpoint

_MAINTENANCE = 0x01 | 0x02 | 0x20
_DRAIN = 0x08 | 0x10
_RUNNING = 2


@dataclass(frozen=True)
class Server:
    """One endpoint in one worker, as HAProxy sees it."""

    address: str
    port: int
    maintenance: bool
    """Takes no new requests, but is still being checked when it was just added."""
    draining: bool
    up: bool
    passed: int
    """Health checks passed in a row, counted up to `rise` and a little beyond."""


Servers = dict[str, dict[str, Server]]
"""By backend and server name; a backend without servers does not appear."""


@dataclass(frozen=True)
class Master:
    """The master process, behind its socket. Raises `OSError` while it is not there."""

    path: Path

    def command(self, text: str, worker: int | None = None) -> str:
        """Its answer to one command; `worker` is the pid of the worker to ask instead of the master."""
        line = f"@!{worker} {text}\n" if worker else f"{text}\n"
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(5)
            connection.connect(str(self.path))
            connection.sendall(line.encode())
            connection.shutdown(socket.SHUT_WR)
            answer = bytearray()
            while piece := connection.recv(65536):
                answer += piece
        return answer.decode(errors="replace").strip()

    def worker(self) -> int:
        """Pid of the worker that takes new connections; older ones only finish theirs."""
        for line in self._processes():
            pid, kind, *_ = line.split()
            if kind == "worker":
                return int(pid)
        raise ConnectionError(f"the HAProxy behind {self.path} has no worker")

    def states(self, worker: int) -> str:
        """The worker's servers, in the form of a server-state-file."""
        return self.command("show servers state", worker) + "\n"

    def servers(self, worker: int) -> Servers:
        """The worker's servers."""
        return parse_states(self.states(worker))

    def reload(self, seconds: float = 10) -> bool:
        """Start a new worker on the configuration file; True once it runs, False when it failed to.

        The listening sockets are handed over, and the old worker serves on if the new one fails.
        """
        before, failures = self.worker(), self._failures()
        self.command("reload")
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            time.sleep(0.05)
            try:
                # The master executes itself anew, so it is away for a moment.
                if self.worker() != before:
                    return True
                if self._failures() > failures:
                    return False
            except OSError:
                continue
        return False

    def _failures(self) -> int:
        """Reloads that failed since the last that did not."""
        return int(re.findall(r"\[failed: (\d+)\]", self.command("show proc"))[0])

    def _processes(self) -> list[str]:
        return [line for line in self.command("show proc").splitlines() if line and not line.startswith("#")]


def parse_states(text: str) -> Servers:
    """The answer to `show servers state` (format 1: management.txt, "show servers state")."""
    servers: Servers = {}
    for line in text.splitlines():
        fields = line.split()
        if len(fields) < 19 or fields[0] == "#":
            continue
        admin = int(fields[6])
        servers.setdefault(fields[1], {})[fields[3]] = Server(
            address=fields[4],
            port=int(fields[18]),
            maintenance=bool(admin & _MAINTENANCE),
            draining=bool(admin & _DRAIN),
            up=int(fields[5]) == _RUNNING and not admin & _MAINTENANCE,
            passed=int(fields[12]),
        )
    return servers


def steps(
    backend: Backend,
    wanted: Iterable[Endpoint],
    running: Mapping[str, Server],
    left: Mapping[str, float],
) -> list[str]:
    """Commands that bring a backend's servers one step nearer to the wanted endpoints.

    A new endpoint is added in maintenance and takes requests once it passed its health check, if any. One that
    terminates or has left is relieved as soon as another is up, or none is to come; then it takes no new
    requests, is cut after the backend's drain time, and is removed when nothing uses it any more. `left`
    says how many seconds ago each server was first seen to be relieved.
    """
    endpoints = {endpoint.name: endpoint for endpoint in wanted}
    staying = [name for name, endpoint in endpoints.items() if not endpoint.draining]
    relieved = any(name in running and running[name].up for name in staying)
    commands: list[str] = []
    for name, endpoint in endpoints.items():
        server = running.get(name)
        target = f"{backend.name}/{name}"
        drains = endpoint.draining and relieved
        if server is None:
            if not (endpoint.draining and staying):
                commands.append(f"add server {target} {name} {server_options(backend)}")
                commands.append(f"enable health {target}" if backend.health else f"set server {target} state ready")
        elif server.maintenance:
            if name in left or backend.health is None or server.passed >= backend.health.healthy:
                commands.append(f"set server {target} state ready")
        elif server.draining != drains:
            commands.append(f"set server {target} state {'drain' if drains else 'ready'}")
    for name, server in running.items():
        target = f"{backend.name}/{name}"
        gone = name not in endpoints
        if gone and not server.maintenance and (relieved or not staying):
            commands.append(f"set server {target} state maint")
        if left.get(name, -1) >= backend.drain and (gone or endpoints[name].draining):
            commands.append(f"shutdown sessions server {target}")
        if gone and server.maintenance:
            commands.append(f"del server {target}")
    return commands
