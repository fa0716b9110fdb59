"""A Pulumi provider as a plugin: clean errors, and the process the engine starts."""

import argparse
import asyncio
import functools
import os
import sys
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from typing import Any

import grpc
import grpc.aio
from pulumi.provider.experimental.provider import Provider
from pulumi.runtime._grpc_settings import (
    _GRPC_CHANNEL_OPTIONS as CHANNEL_OPTIONS,  # pyright: ignore[reportPrivateUsage]
)
from pulumi.runtime.proto import engine_pb2, engine_pb2_grpc, provider_pb2_grpc

from sandbox.errors import SandboxError
from sandbox.providers.protocol import CompleteServicer
from sandbox.redaction import Redaction

Warn = Callable[[str, str], None]
"""Takes a resource's URN and a sentence to show beside it while the engine waits for it."""


def _unheard(_urn: str, _message: str) -> None:
    """Warns nobody."""


class PluginProvider(Provider):
    """A provider that can warn while it works: it calls `tell`, and whoever runs it sets `warn`."""

    warn: Warn = staticmethod(_unheard)
    redaction: Redaction | None = None

    def tell(self, urn: str, message: str) -> None:
        """Show a warning beside a resource, without the secrets that its servicer has seen."""
        self.warn(urn, self.redaction.apply(message) if self.redaction else message)


class Servicer(CompleteServicer):
    """The provider's gRPC methods; each is `async (request, context)`.

    An error leaves by `await context.abort(code, details)`, which must raise:

    - `NotImplementedError`: UNIMPLEMENTED;
    - `SandboxError`: FAILED_PRECONDITION, in its own words;
    - any other: INTERNAL.

    No text that leaves contains a secret that came in with any request.
    """

    def __init__(self, args: list[str], version: str, provider: Provider, engine_address: str) -> None:
        super().__init__(args, version, provider, engine_address)
        self.redaction = Redaction()
        if isinstance(provider, PluginProvider):
            provider.redaction = self.redaction

    async def answer(self, method: Callable[..., Awaitable[Any]], request: Any, context: Any) -> Any:
        """The method's response; its errors as gRPC statuses."""
        self.redaction.learn(request)
        try:
            return await method(self, request, context)
        except Exception as raised:
            error = _original(raised)
        return await context.abort(*self.status(error))

    def status(self, error: Exception) -> tuple[grpc.StatusCode, str]:
        """The gRPC code and details of a provider's error."""
        match error:
            case NotImplementedError():
                return grpc.StatusCode.UNIMPLEMENTED, self.redaction.apply(str(error))
            case SandboxError():
                return grpc.StatusCode.FAILED_PRECONDITION, self.redaction.apply(str(error))
            case _:
                return grpc.StatusCode.INTERNAL, self.redaction.apply(f"{type(error).__name__}: {error}")


def _original(error: Exception) -> Exception:
    """The provider's own exception: the SDK raises a bare Exception with a traceback in its text instead."""
    hidden = error.__context__
    return hidden if type(error) is Exception and isinstance(hidden, Exception) else error


def _answered(method: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
    @functools.wraps(method)
    async def answer(self: Servicer, request: Any, context: Any) -> Any:
        return await self.answer(method, request, context)

    return answer


for _name in (
    *("CheckConfig", "DiffConfig", "Configure", "GetSchema", "Invoke", "Parameterize"),
    *("Check", "Diff", "Create", "Read", "Update", "Delete", "Construct", "Call"),
):
    setattr(Servicer, _name, _answered(getattr(CompleteServicer, _name)))


def serve(provider: Provider, version: str, arguments: Sequence[str] = tuple(sys.argv[1:])) -> None:
    """The plugin's `main`: prints its port, serves until the engine ends it or is gone itself."""
    parser = argparse.ArgumentParser(description="Pulumi resource provider plugin")
    parser.add_argument("engine", help="address of the engine's gRPC server")
    # Named so that its value is not taken for the engine's address.
    parser.add_argument("--tracing", "-tracing")
    engine = parser.parse_known_args(arguments)[0].engine
    try:
        asyncio.run(_serve(Servicer(list(arguments), version, provider, engine), provider, engine))
    except KeyboardInterrupt:
        return


def warn_through(engine: str, provider: Provider) -> None:
    """Let the provider show its warnings in the engine at this address."""
    log = engine_pb2_grpc.EngineStub(grpc.insecure_channel(engine)).Log

    def warn(urn: str, message: str) -> None:
        # An engine that is gone hears no warning; the operation goes on all the same.
        with suppress(grpc.RpcError):
            log(engine_pb2.LogRequest(severity=engine_pb2.WARNING, urn=urn, message=message), timeout=5)

    if isinstance(provider, PluginProvider):
        provider.warn = warn


async def _serve(servicer: Servicer, provider: Provider, engine: str) -> None:
    parent = os.getppid()
    warn_through(engine, provider)
    server = grpc.aio.server(options=CHANNEL_OPTIONS)
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(servicer, server)
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    print(port, flush=True)
    # An engine that is killed closes nothing: without this its plugins would outlive it.
    while os.getppid() == parent:
        await asyncio.sleep(1)
