"""One process that serves all stand-ins of all evaluations, so that the SDK is imported once."""

import asyncio
import json
import os
from dataclasses import dataclass
from pathlib import Path

import grpc
import grpc.aio
from pulumi.provider.experimental.provider import Provider
from pulumi.runtime.proto import provider_pb2_grpc

from sandbox.graph.plugins.docker import Docker
from sandbox.graph.plugins.google import Google
from sandbox.graph.plugins.kubernetes.provider import Kubernetes
from sandbox.home import Home
from sandbox.providers import version
from sandbox.providers.plugin import CHANNEL_OPTIONS, Servicer, warn_through


@dataclass(frozen=True)
class Launch:
    """What a launched plugin asks for: `directory` is the program's, `record` the simulated Google's."""

    package: str
    engine: str
    directory: str
    record: str

    def provider(self) -> Provider:
        match self.package:
            case "gcp":
                return Google(Home(Path(self.record), Path(self.record)))
            case "docker":
                return Docker(Path(self.directory))
            case _:
                return Kubernetes()


async def serve(path: Path) -> None:
    """Serve launches at a Unix socket until the parent process is gone."""
    parent = os.getppid()
    async with await asyncio.start_unix_server(_serve_launch, path):
        while os.getppid() == parent:
            await asyncio.sleep(1)


async def _serve_launch(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Serve one provider, configured and used by one engine, until its launcher ends."""
    launch = Launch(**json.loads(await reader.readline()))
    provider = launch.provider()
    warn_through(launch.engine, provider)
    server = grpc.aio.server(options=CHANNEL_OPTIONS)
    servicer = Servicer([], version(launch.package), provider, launch.engine)
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(servicer, server)
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    try:
        writer.write(f"{port}\n".encode())
        await writer.drain()
        await reader.read()
    finally:
        await server.stop(None)
        writer.close()
