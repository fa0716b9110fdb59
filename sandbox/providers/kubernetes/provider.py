"""The Kubernetes provider: its methods turn properties into operations on a cluster."""

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any, TypeVar

from pulumi.provider.experimental import provider as sdk

from sandbox.errors import SandboxError
from sandbox.providers.difference import compare
from sandbox.providers.kubernetes.configuration import Connection, Settings, problems, replaced
from sandbox.providers.kubernetes.errors import NotReadyError, UnreachableError
from sandbox.providers.kubernetes.kinds import CLUSTER_SCOPED, Object, annotation, identifier, kind_of
from sandbox.providers.kubernetes.naming import AUTONAMED, field_manager, labelled, named
from sandbox.providers.kubernetes.objects import (
    FIELD_MANAGER,
    applied,
    checkpoint,
    imported,
    projected,
    received,
    recorded,
    returned,
)
from sandbox.providers.kubernetes.replacement import replacing
from sandbox.providers.plugin import InitializationFailed, PluginProvider
from sandbox.providers.protocol import DiffRequest, UpdateRequest
from sandbox.providers.values import Properties, decode

if TYPE_CHECKING:
    from sandbox.providers.kubernetes.cluster import Cluster

T = TypeVar("T")


class KubernetesProvider(PluginProvider):
    """One configured provider. Check, Diff and previews need no cluster."""

    def __init__(self) -> None:
        self._values: dict[str, Any] = {}
        self._settings = Settings.of({})
        self._cancelled = threading.Event()
        self._connecting = threading.Lock()
        self._connected: Cluster | None = None

    async def check_config(self, request: sdk.CheckRequest) -> sdk.CheckResponse:
        found = problems(decode(request.new_inputs))
        return sdk.CheckResponse(
            inputs=request.new_inputs, failures=[sdk.CheckFailure(*problem) for problem in found.items()]
        )

    async def diff_config(self, request: sdk.DiffRequest) -> sdk.DiffResponse:
        old, new = decode(request.old_state), decode(request.new_inputs)
        diff = compare(old, new)
        diff.replaces = replaced(old, new)
        # The paths of a kubeconfig's text say nothing, and a replacement is asked for by key here.
        diff.detailed_diff = {}
        return diff

    async def configure(self, request: sdk.ConfigureRequest) -> sdk.ConfigureResponse:
        self._values = decode(request.args)
        self._settings = Settings.of(self._values)
        return sdk.ConfigureResponse(accept_secrets=True, supports_preview=True)

    async def check(self, request: sdk.CheckRequest) -> sdk.CheckResponse:
        api_version, kind = kind_of(request.type)
        old, new = received(request.old_inputs), received(request.new_inputs)
        new = {**new, "apiVersion": api_version, "kind": kind}
        metadata = new.get("metadata")
        if isinstance(metadata, dict) and metadata.get("generateName"):
            failure = sdk.CheckFailure(
                "metadata.generateName",
                "Server-side apply needs a name. Set metadata.name, or neither to have a name generated.",
            )
            return sdk.CheckResponse(inputs=request.new_inputs, failures=[failure])
        new = labelled(named(new, old, request.name, request.random_seed), old)
        if self._settings.namespace and kind not in CLUSTER_SCOPED:
            new = _placed(new, self._settings.namespace)
        return sdk.CheckResponse(inputs=returned(new, request.new_inputs))

    async def diff(self, request: sdk.DiffRequest) -> sdk.DiffResponse:
        assert isinstance(request, DiffRequest)
        recorded_inputs, _ = recorded(request.old_state)
        old = _placed(applied(received(request.old_inputs) or recorded_inputs))
        new = _placed(applied(received(request.new_inputs)))
        diff = compare(old, new, replacing(new, self._settings.mutable))
        keeps_place = annotation(new, AUTONAMED) != "true" and _place(new) == _place(old)
        diff.delete_before_replace = bool(diff.replaces) and keeps_place
        return diff

    async def create(self, request: sdk.CreateRequest) -> sdk.CreateResponse:
        if request.preview:
            return sdk.CreateResponse(properties=request.properties)
        inputs = received(request.properties)
        manager = annotation(inputs, "patchFieldManager") or field_manager(request.urn)

        def create() -> Object:
            return self._cluster().create(inputs, manager, request.timeout, self._warner(request.urn))

        live, properties = await self._settled(create, inputs, request.properties, manager)
        return sdk.CreateResponse(identifier(live), properties)

    async def update(self, request: sdk.UpdateRequest) -> sdk.UpdateResponse:
        assert isinstance(request, UpdateRequest)
        if request.preview:
            return sdk.UpdateResponse({**request.olds, **request.news})
        inputs = received(request.news)
        manager = annotation(inputs, "patchFieldManager") or _manager(request.olds, request.urn)

        def update() -> Object:
            return self._cluster().update(inputs, manager, request.timeout, self._warner(request.urn))

        _, properties = await self._settled(update, inputs, request.news, manager)
        return sdk.UpdateResponse(properties)

    async def delete(self, request: sdk.DeleteRequest) -> None:
        _, thing = recorded(request.properties)
        try:
            await _blocking(lambda: self._cluster().delete(thing, request.timeout))
        except UnreachableError:
            if not self._settings.delete_unreachable:
                raise

    async def read(self, request: sdk.ReadRequest) -> sdk.ReadResponse:
        api_version, kind = kind_of(request.type)
        namespace, _, name = request.resource_id.rpartition("/")
        wanted: Object = {"apiVersion": api_version, "kind": kind, "metadata": {"name": name}}
        if namespace:
            wanted["metadata"]["namespace"] = namespace
        try:
            found = await _blocking(lambda: self._cluster().read(wanted))
        except UnreachableError:
            if self._settings.skip_unreachable:
                return sdk.ReadResponse(request.resource_id, request.properties, request.inputs)
            if not self._settings.delete_unreachable:
                raise
            found = None
        if found is None:
            return sdk.ReadResponse()
        live, reasons = found
        declared = applied(received(request.inputs))
        inputs = projected(live, declared) if declared else imported(live)
        manager = _manager(request.properties, request.urn)
        properties = checkpoint(inputs, live, request.inputs, manager)
        kept = returned(inputs, request.inputs)
        if reasons:
            raise InitializationFailed(request.resource_id, properties, kept, reasons)
        return sdk.ReadResponse(identifier(live), properties, kept)

    async def invoke(self, request: sdk.InvokeRequest) -> sdk.InvokeResponse:
        raise SandboxError(
            f"The function {request.tok} is only in the published Kubernetes provider. "
            "Declare the objects themselves, or put that plugin on PATH."
        )

    async def cancel(self) -> None:
        self._cancelled.set()

    async def _settled(
        self, operation: Callable[[], Object], inputs: Object, like: Properties, manager: str
    ) -> tuple[Object, Properties]:
        """The live object and its outputs; raises InitializationFailed when it is there but not ready."""
        try:
            live = await _blocking(operation)
        except NotReadyError as error:
            properties = checkpoint(inputs, error.live, like, manager)
            raise InitializationFailed(
                identifier(error.live), properties, returned(inputs, like), error.reasons
            ) from None
        return live, checkpoint(inputs, live, like, manager)

    def _cluster(self) -> "Cluster":
        # Imported here: the client takes a quarter of a second, and previews do without.
        from sandbox.providers.kubernetes.client import Client
        from sandbox.providers.kubernetes.cluster import Cluster

        with self._connecting:
            if self._connected is None:
                client = Client(Connection.of(self._values))
                self._connected = Cluster(client, self._settings, self._cancelled)
            return self._connected

    def _warner(self, urn: str) -> Callable[[str], None]:
        return lambda text: self.tell(urn, text)


async def _blocking(operation: Callable[[], T]) -> T:
    """The operation's result, from a daemon thread: a wait of minutes must not hold up the process' end."""
    loop = asyncio.get_running_loop()
    outcome: asyncio.Future[T] = loop.create_future()

    def run() -> None:
        try:
            settle, value = outcome.set_result, operation()
        except Exception as error:
            settle, value = outcome.set_exception, error
        with suppress(RuntimeError):
            loop.call_soon_threadsafe(_unless_cancelled, outcome, settle, value)

    threading.Thread(target=run, daemon=True).start()
    return await outcome


def _unless_cancelled(outcome: "asyncio.Future[Any]", settle: Callable[[Any], None], value: Any) -> None:
    if not outcome.cancelled():
        settle(value)


def _placed(thing: Object, namespace: str = "default") -> Object:
    """The object with a namespace spelled out; so leaving out `default` is no change."""
    metadata = thing.get("metadata", {})
    if not isinstance(metadata, dict):
        return thing
    return {**thing, "metadata": {"namespace": namespace, **metadata}}


def _place(thing: Object) -> Any:
    """Namespace and name; the whole metadata while it is unknown."""
    metadata = thing.get("metadata", {})
    return (metadata.get("namespace"), metadata.get("name")) if isinstance(metadata, dict) else metadata


def _manager(state: Properties, urn: str) -> str:
    kept = state.get(FIELD_MANAGER)
    return str(kept.value) if kept else field_manager(urn)
