"""`python -m sandbox.dev.attached [RUNNER]`: plugins that stay up, for one run of the CLI after another to attach to.

Prints their names and ports, such as `gcp:41001 docker:41002 python:41003`. The language host, `python`, is served if
there is a RUNNER for programs (see sandbox.pulumi.language).
"""

# gRPC's own method names and signatures.
# ruff: noqa: ARG002, N802

import asyncio
import os
import signal
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

import grpc
import grpc.aio
from google.protobuf import empty_pb2
from pulumi.provider.experimental.provider import Provider
from pulumi.runtime.proto import language_pb2_grpc, provider_pb2_grpc

from sandbox.providers import BUILTIN, version
from sandbox.providers.plugin import CHANNEL_OPTIONS, Servicer, warn_through
from sandbox.pulumi.home import SIMULATED
from sandbox.pulumi.language import LanguageHost

ANY_PORT = "127.0.0.1:0"


class AttachedServicer(Servicer):
    """A provider that serves the engine which attached last."""

    def __init__(self, package: str, provider: Provider) -> None:
        super().__init__([], version(package), provider, "")
        self._attached = provider

    async def Attach(self, request: Any, context: Any) -> Any:
        warn_through(request.address, self._attached)
        return empty_pb2.Empty()


class AttachedLanguageHost(LanguageHost):
    """A language host that serves the engine which attached last."""

    def Handshake(self, request: Any, context: Any) -> Any:
        self._engine = request.engine_address
        return super().Handshake(request, context)


async def serve(runner: str | None) -> None:
    """Until this process is terminated or its parent is gone."""
    parent = os.getppid()
    terminated = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, terminated.set)
    ports: dict[str, int] = {}
    servers: list[grpc.aio.Server] = []
    for package in SIMULATED:
        server = grpc.aio.server(options=CHANNEL_OPTIONS)
        servicer = AttachedServicer(package, BUILTIN[package]())
        provider_pb2_grpc.add_ResourceProviderServicer_to_server(servicer, server)
        ports[package] = server.add_insecure_port(ANY_PORT)
        await server.start()
        servers.append(server)
    host = AttachedLanguageHost(runner or "", "")
    programs = grpc.server(ThreadPoolExecutor(), options=CHANNEL_OPTIONS)
    if runner:
        language_pb2_grpc.add_LanguageRuntimeServicer_to_server(host, programs)
        ports["python"] = programs.add_insecure_port(ANY_PORT)
        programs.start()
    print(*(f"{name}:{port}" for name, port in ports.items()), flush=True)
    # Whoever reads the ports reads nothing else, and programs write to this process' output.
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    while os.getppid() == parent and not terminated.is_set():
        with suppress(TimeoutError):
            await asyncio.wait_for(terminated.wait(), 0.5)
    host.end()
    programs.stop(None)
    for server in servers:
        await server.stop(None)


if __name__ == "__main__":
    # Ctrl-C is for the loop, which then ends this.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    asyncio.run(serve(*sys.argv[1:2] or [None]))
