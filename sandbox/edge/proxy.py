"""The HAProxy process: started, given the model, kept serving."""

import logging
import os
import re
import subprocess
import time
from collections.abc import Iterable, Mapping
from pathlib import Path

from sandbox import ports
from sandbox.edge import haproxy
from sandbox.edge.model import Endpoint, LoadBalancer, Model
from sandbox.edge.objects import Key
from sandbox.edge.runtime import Master, Server, Servers, steps
from sandbox.errors import SandboxError
from sandbox.home import VARIABLE, Home
from sandbox.process import Process

_SOCKET_LIMIT = 107 - len(".4194304.bak")
"""Bytes: what Linux allows for a socket's path, less what HAProxy appends while it makes one."""

_BIND = re.compile(r"^ *bind ([\d.]+):(\d+)", re.MULTILINE)

log = logging.getLogger(__name__)


class ConfigurationError(Exception):
    """HAProxy did not take a configuration; the one before stays in force."""


class Proxy:
    """HAProxy in master-worker mode. Endpoints change through its admin socket, structure by a reload."""

    def __init__(self, home: Home) -> None:
        self.directory = home.root / "edge"
        self.configuration = self.directory / "haproxy.cfg"
        self.process = Process(home, "haproxy")
        self.master = Master(home.run / "haproxy.sock")
        self.serving: tuple[LoadBalancer, ...] | None = None
        """What HAProxy is known to serve; None until the first `apply`."""
        self._left: dict[str, dict[str, float]] = {}
        """By backend and server: since when it takes no new requests (monotonic)."""
        self.settled = True
        """Whether the last `apply` left nothing that waits for a health check."""

    def check(self) -> None:
        """Raise `SandboxError` when the admin socket cannot be made where the sandbox lives."""
        length = len(os.fsencode(self.master.path))
        if length > _SOCKET_LIMIT:
            raise SandboxError(
                f"The load balancer's admin socket would be {self.master.path}: {length} bytes, "
                f"and a socket's path may have {_SOCKET_LIMIT} here, so HAProxy could not start. "
                f"Move the sandbox to a shorter path ({VARIABLE})."
            )

    def alive(self, seconds: float = 3) -> bool:
        """Whether it serves; waits for a master that is away for a moment because it reloads."""
        deadline = time.monotonic() + seconds
        while self.process.pid is not None and time.monotonic() < deadline:
            try:
                return self.master.worker() > 0
            except OSError:
                time.sleep(0.05)
        return False

    def stop(self) -> None:
        """End it with all its workers."""
        self.process.stop()
        self.master.path.unlink(missing_ok=True)

    def apply(self, model: Model) -> dict[Key, str]:
        """Serve the model; returns the Ingresses that are left as they were, each with why.

        A port that is taken concerns its Ingress alone. A configuration that HAProxy refuses, which no
        Ingress should be able to bring about, leaves the whole structure as it was; endpoints still follow.
        """
        alive = self.alive()
        if not alive:
            self.serving = None
        model, refused = self._bindable(model, alive)
        if model.balancers != self.serving:
            try:
                self._restructure(model, alive)
            except ConfigurationError as error:
                log.error("HAProxy refused a configuration; the one before stays in force: %s", error)
                changed = {
                    ingress
                    for balancer in model.balancers
                    if balancer not in (self.serving or ())
                    for ingress in balancer.ingresses
                }
                refused |= dict.fromkeys(changed, f"HAProxy refused the configuration: {error}")
        if self.alive():
            self._converge(Model(self.serving or (), model.endpoints))
        return refused

    def healthy(self) -> dict[str, frozenset[str]]:
        """Addresses of each backend's healthy endpoints; a backend without endpoints does not appear."""
        servers = self.master.servers(self.master.worker())
        return {
            backend: frozenset(server.address for server in named.values() if server.up)
            for backend, named in servers.items()
        }

    def _bindable(self, model: Model, alive: bool) -> tuple[Model, dict[Key, str]]:
        serving = {balancer.name: balancer for balancer in self.serving or ()}
        bound = set(_BIND.findall(self.configuration.read_text())) if alive else set[tuple[str, str]]()
        refused: dict[Key, str] = {}
        balancers: list[LoadBalancer] = []
        for balancer in model.balancers:
            busy = ports.taken((a, p) for a, p in haproxy.listeners(balancer) if (a, str(p)) not in bound)
            if not busy:
                balancers.append(balancer)
                continue
            held = "; ".join(f"{a}:{p} is held by {who}" for (a, p), who in busy.items())
            refused |= dict.fromkeys(balancer.ingresses, held)
            if before := serving.get(balancer.name):
                balancers.append(before)
        return Model(tuple(balancers), model.endpoints), refused

    def _restructure(self, model: Model, alive: bool) -> None:
        self.directory.mkdir(parents=True, exist_ok=True)
        (self.directory / haproxy.ERROR).write_text(haproxy.ERROR_RESPONSE, newline="")
        states = ""
        known: dict[str, tuple[Endpoint, ...]] = {}
        if alive:
            worker = self.master.worker()
            states = self.master.states(worker)
            known = _known(self.master.servers(worker))
        (self.directory / haproxy.STATES).write_text(states)
        text = haproxy.render(Model(model.balancers, known), self.directory)
        draft = self.configuration.with_suffix(".draft")
        draft.write_text(text)
        self._validate(draft)
        before = self.configuration.read_text() if self.configuration.exists() else None
        draft.replace(self.configuration)
        if not alive:
            self.process.stop()
            self.process.start(self._command(self.configuration))
            self.process.wait(self.alive, seconds=10)
        elif not self.master.reload():
            self.configuration.write_text(before or "")
            raise ConfigurationError(self.process.tail())
        log.info("Serving %s", ", ".join(f"{b.name} on {b.address}" for b in model.balancers) or "nothing")
        self.serving = model.balancers

    def _validate(self, draft: Path) -> None:
        checked = subprocess.run([*self._command(draft), "-c"], capture_output=True, text=True, check=False)
        if checked.returncode:
            alerts = re.findall(r"^\[ALERT\] *\(\d+\) : (.*)", checked.stderr, re.MULTILINE)
            raise ConfigurationError("; ".join(alerts) or checked.stderr.strip())

    def _command(self, configuration: Path) -> list[str]:
        return ["haproxy", "-W", "-S", f"{self.master.path},mode,600,level,admin", "-f", str(configuration)]

    def _converge(self, model: Model) -> None:
        """Take every backend's servers one step nearer to its endpoints."""
        now = time.monotonic()
        worker = self.master.worker()
        servers = self.master.servers(worker)
        before, self._left, self.settled = self._left, {}, True
        for name, backend in model.backends.items():
            running, wanted = servers.get(name, {}), model.endpoints.get(name, ())
            left = _left(wanted, running, before.get(name, {}), now)
            for command in steps(backend, wanted, running, {server: now - since for server, since in left.items()}):
                self.master.command(command, worker)
            self._left[name] = left
            self.settled &= all(_settled(endpoint, running.get(endpoint.name)) for endpoint in wanted)


def _left(
    wanted: Iterable[Endpoint], running: Mapping[str, Server], before: Mapping[str, float], now: float
) -> dict[str, float]:
    """When each server that takes no new requests, but once did, was first seen so."""
    names = {endpoint.name for endpoint in wanted}
    return {
        name: before.get(name, now)
        for name, server in running.items()
        if server.draining or (server.maintenance and (name not in names or name in before))
    }


def _settled(endpoint: Endpoint, server: Server | None) -> bool:
    if server is None:
        return endpoint.draining
    return not server.maintenance and server.draining == endpoint.draining


def _known(servers: Servers) -> dict[str, tuple[Endpoint, ...]]:
    """What to write into a new configuration: the servers that take requests, or did, and were checked."""
    return {
        backend: tuple(Endpoint(server.address, server.port) for server in named.values() if not server.maintenance)
        for backend, named in servers.items()
    }
