"""Provider plugins: the sandbox's own in this process, real ones as processes of their own."""

import asyncio
import os
import shutil
import signal
import subprocess
import threading
from collections.abc import Callable, Coroutine, Mapping
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import grpc
import grpc.aio
from google.protobuf import empty_pb2
from pulumi.provider.experimental.provider import Provider
from pulumi.runtime._grpc_settings import (
    _GRPC_CHANNEL_OPTIONS as CHANNEL_OPTIONS,  # pyright: ignore[reportPrivateUsage]
)
from pulumi.runtime.proto import engine_pb2, engine_pb2_grpc, provider_pb2, provider_pb2_grpc, status_pb2

from sandbox.engine.events import Severity
from sandbox.engine.graph import Threads
from sandbox.engine.property import Properties, from_struct
from sandbox.errors import SandboxError
from sandbox.providers import SIMULATED
from sandbox.providers.plugin import PluginProvider, Servicer

Log = Callable[[Severity, str, str], None]
"""Takes a severity, a message, and the URN it is about, if any."""

STARTUP = 60.0
"""Seconds a plugin process may take to print its port."""

PATIENCE = 1.0
"""Seconds that what was interrupted gets to let go of the event loop."""

_SEVERITIES: dict[int, Severity] = {
    engine_pb2.INFO: "info",
    engine_pb2.WARNING: "warning",
    engine_pb2.ERROR: "error",
}


@dataclass(frozen=True)
class Unready:
    """What exists of a resource that did not become ready."""

    id: str
    inputs: Properties
    outputs: Properties
    reasons: tuple[str, ...]


_LOST = (
    grpc.StatusCode.DATA_LOSS,
    grpc.StatusCode.UNAVAILABLE,
    grpc.StatusCode.DEADLINE_EXCEEDED,
    grpc.StatusCode.CANCELLED,
)


class ProviderError(Exception):
    """A provider's answer that is an error."""

    def __init__(self, code: grpc.StatusCode, message: str, unready: Unready | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.unready = unready

    @property
    def unimplemented(self) -> bool:
        return self.code is grpc.StatusCode.UNIMPLEMENTED

    @property
    def lost(self) -> bool:
        """The provider's answer was: nobody knows whether it did what it was asked."""
        return self.code in _LOST

    @property
    def unclear(self) -> bool:
        """An update or a deletion may have got half way."""
        return self.lost or self.code in (grpc.StatusCode.INTERNAL, grpc.StatusCode.UNKNOWN)

    @property
    def unanswered(self) -> bool:
        """A repeated create has not shown whether there is something."""
        return self.lost or self.code is grpc.StatusCode.ABORTED


class Plugin(Protocol):
    """One running plugin, not shared between provider resources."""

    def call(self, method: str, request: Any) -> Any:
        """The response of a `ResourceProvider` method. Raises ProviderError."""
        ...

    def close(self) -> None: ...


class Plugins:
    """Loads plugins by package name: a `pulumi-resource-NAME` on PATH, else the built-in provider.

    The built-in provider goes first where it simulates.
    `hidden` is a directory of PATH whose plugins do not count: there the built-in ones lie for the real CLI.
    """

    def __init__(self, builtin: Mapping[str, Callable[[], Provider]], hidden: Path | None = None) -> None:
        self._builtin = builtin
        self._hidden = hidden
        self._loop = asyncio.new_event_loop()
        # Providers wait in threads: as many as there are resources, and none that outlives an interrupt.
        self._loop.set_default_executor(Threads())
        self._thread = threading.Thread(target=self._loop.run_forever, name="plugins", daemon=True)
        self._thread.start()
        self._server: tuple[Any, str] | None = None
        self._starting = threading.Lock()
        self.log: Log = lambda _severity, _message, _urn: None

    def load(self, package: str) -> Plugin:
        """A plugin that is not configured yet. Raises SandboxError when there is none for the package."""
        name = f"pulumi-resource-{package}"
        directories = os.environ.get("PATH", "").split(os.pathsep)
        searched = os.pathsep.join(part for part in directories if part and Path(part) != self._hidden)
        command = shutil.which(name, path=searched)
        if package in self._builtin and (package in SIMULATED or not command):
            return _InProcess(self, self._builtin[package]())
        if command:
            return _Process(self, Path(command))
        raise SandboxError(
            f"There is no provider for package {package!r}: {name} is not on PATH, and the sandbox has "
            f"{', '.join(sorted(self._builtin)) or 'none'} of its own. Its resources cannot be managed. "
            "Install the plugin, or take the resource out of the program."
        )

    def run(self, coroutine: Coroutine[Any, Any, Any], seconds: float | None = None) -> Any:
        """The result of a coroutine on the plugins' event loop. Raises TimeoutError after so many seconds."""
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(seconds)

    def engine_address(self) -> str:
        """Where plugin processes send their log."""
        with self._starting:
            server = self._server = self._server or self.run(_serve(self))
        return server[1]

    def close(self) -> None:
        """End the event loop. Plugins are closed by who loaded them."""
        if self._server is not None:
            self.run(self._server[0].stop(None))
        with suppress(TimeoutError):
            self.run(_cancel_others(), PATIENCE)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(PATIENCE)
        if not self._thread.is_alive():
            self._loop.close()


class _InProcess:
    def __init__(self, plugins: Plugins, provider: Provider) -> None:
        self._plugins = plugins
        self._servicer = Servicer([], "", provider, "")
        if isinstance(provider, PluginProvider):
            provider.warn = lambda urn, message: plugins.log("warning", message, urn)

    def call(self, method: str, request: Any) -> Any:
        return self._plugins.run(getattr(self._servicer, method)(request, _Context()))

    def close(self) -> None:
        """Nothing runs between calls."""


class _Context:
    """The part of gRPC's servicer context that servicers answer errors with."""

    async def abort(
        self, code: grpc.StatusCode, details: str = "", trailing_metadata: tuple[tuple[str, bytes], ...] = ()
    ) -> None:
        raise ProviderError(code, details, _unready(dict(trailing_metadata)))


class _Process:
    def __init__(self, plugins: Plugins, command: Path) -> None:
        self._plugins = plugins
        self._child = subprocess.Popen(
            [command, plugins.engine_address()],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            # Ctrl-C is for the engine: it lets what is in flight finish.
            start_new_session=True,
        )
        try:
            port = self._port(command)
            self._channel = plugins.run(_channel(port))
        except BaseException:
            self._end()
            raise
        self._stub = provider_pb2_grpc.ResourceProviderStub(self._channel)

    def _port(self, command: Path) -> int:
        assert self._child.stdout is not None
        line: Future[bytes] = Future()
        stdout = self._child.stdout
        threading.Thread(target=lambda: line.set_result(stdout.readline()), daemon=True).start()
        try:
            return int(line.result(STARTUP))
        except (ValueError, TimeoutError):
            raise SandboxError(
                f"The provider plugin {command} printed no port within {STARTUP:.0f} s of its start, so its resources "
                "cannot be managed. Run it by hand to see why, or take it off PATH."
            ) from None

    def call(self, method: str, request: Any) -> Any:
        return self._plugins.run(_called(getattr(self._stub, method), request))

    def close(self) -> None:
        self._plugins.run(self._channel.close())
        self._end()

    def _end(self) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self._child.pid, signal.SIGKILL)
        self._child.wait()
        if self._child.stdout is not None:
            self._child.stdout.close()


async def _cancel_others() -> None:
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)


async def _channel(port: int) -> grpc.aio.Channel:
    return grpc.aio.insecure_channel(f"127.0.0.1:{port}", options=CHANNEL_OPTIONS)


async def _called(method: Callable[[Any], Any], request: Any) -> Any:
    try:
        return await method(request)
    except grpc.aio.AioRpcError as error:
        raise ProviderError(error.code(), error.details() or "", _unready(dict(error.trailing_metadata()))) from None


def _unready(trailer: Mapping[str, Any]) -> Unready | None:
    status = status_pb2.Status.FromString(trailer.get("grpc-status-details-bin", b""))
    for detail in status.details:
        failed = provider_pb2.ErrorResourceInitFailed()
        if detail.Unpack(failed):
            return Unready(failed.id, from_struct(failed.inputs), from_struct(failed.properties), tuple(failed.reasons))
    return None


class _Engine(engine_pb2_grpc.EngineServicer):
    def __init__(self, plugins: Plugins) -> None:
        self._plugins = plugins

    async def Log(self, request: engine_pb2.LogRequest, context: Any) -> empty_pb2.Empty:  # noqa: ARG002, N802
        if (severity := _SEVERITIES.get(request.severity)) and not request.ephemeral:
            self._plugins.log(severity, request.message, request.urn)
        return empty_pb2.Empty()


async def _serve(plugins: Plugins) -> tuple[Any, str]:
    server = grpc.aio.server()
    engine_pb2_grpc.add_EngineServicer_to_server(_Engine(plugins), server)
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    return server, f"127.0.0.1:{port}"
