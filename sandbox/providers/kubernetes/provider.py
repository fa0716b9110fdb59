"""The Kubernetes provider: its methods turn properties into operations on a cluster."""

import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pulumi.provider.experimental import provider as sdk
from pulumi.provider.experimental.property_value import PropertyValue

from sandbox.errors import SandboxError
from sandbox.providers.checks import Checks
from sandbox.providers.difference import compare
from sandbox.providers.kubernetes.background import blocking
from sandbox.providers.kubernetes.configuration import Connection, Settings, problems, replaced
from sandbox.providers.kubernetes.errors import ApiError, NoSuchKindError, NotReadyError, UnreachableError
from sandbox.providers.kubernetes.kinds import (
    CLUSTER_SCOPED,
    Object,
    annotation,
    annotations,
    described,
    identifier,
    type_of,
)
from sandbox.providers.kubernetes.manifests import decoded
from sandbox.providers.kubernetes.mistakes import mistakes
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
from sandbox.providers.kubernetes.placement import place, placed
from sandbox.providers.kubernetes.readiness import readiness
from sandbox.providers.kubernetes.rehearsal import Rehearsal
from sandbox.providers.kubernetes.rendering import path_of, render
from sandbox.providers.kubernetes.replacement import IDENTITY, replacing
from sandbox.providers.plugin import InitializationFailed, PluginProvider
from sandbox.providers.protocol import DiffRequest, UpdateRequest
from sandbox.providers.values import Properties, decode, encode, has_unknown

if TYPE_CHECKING:
    from sandbox.providers.kubernetes.cluster import Cluster

DECODE = "kubernetes:yaml:decode"


class KubernetesProvider(PluginProvider):
    """One configured provider. Check, Diff and previews need no cluster."""

    def __init__(self) -> None:
        self._values: dict[str, Any] = {}
        self._settings = Settings.of({})
        self._namespace = ""
        """Where objects go that name none, by the provider or its kubeconfig's context; empty for the default."""
        self._cancelled = threading.Event()
        self._connecting = threading.Lock()
        self._connected: Cluster | None = None
        self._rehearsal = Rehearsal(self._cluster)
        self._checks = Checks()

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
        self._namespace = self._settings.namespace
        if not self._namespace and self._settings.rendered is None:
            # Without a kubeconfig there is no other namespace to know.
            with suppress(SandboxError):
                self._namespace = Connection.of(self._values).namespace
        return sdk.ConfigureResponse(accept_secrets=True, supports_preview=True)

    async def check(self, request: sdk.CheckRequest) -> sdk.CheckResponse:
        old, new = received(request.old_inputs), received(request.new_inputs)
        self._checks.note(request.urn, _where(old) if old else None)
        type_ = type_of(request.type, new.get("kind", ""))
        new = {**new, "apiVersion": type_.api_version, "kind": type_.kind}
        if old and await self._skipped(request.urn):
            return sdk.CheckResponse(inputs=request.old_inputs)
        if failures := list(mistakes(new, patch=type_.patch)):
            return sdk.CheckResponse(inputs=request.new_inputs, failures=failures)
        if not type_.patch:
            new = labelled(named(new, old, request.name, request.random_seed), old)
        if type_.kind not in CLUSTER_SCOPED and self._namespace:
            new = placed(new, self._namespace)
        if any(key.startswith("helm.sh/hook") for key in annotations(new)) and not self._settings.suppress_hooks:
            self.tell(
                request.urn, f"{described(new)} has a Helm hook, which is not run: it is created like any object."
            )
        return sdk.CheckResponse(inputs=returned(new, request.new_inputs))

    async def diff(self, request: sdk.DiffRequest) -> sdk.DiffResponse:
        assert isinstance(request, DiffRequest)
        recorded_inputs, live = recorded(request.old_state)
        old = placed(applied(received(request.old_inputs) or recorded_inputs))
        new = placed(applied(received(request.new_inputs)))
        type_ = type_of(request.type, new.get("kind", ""))
        diff = compare(old, new, IDENTITY if type_.patch else replacing(new, self._settings.mutable))
        if annotation(new, "replaceUnready") == "true" and await self._unready(live, request.urn):
            diff.changes = True
            diff.replaces = [*diff.replaces, 'metadata.annotations["pulumi.com/replaceUnready"]']
        if self._settings.rendered and self._settings.always_render:
            diff.changes = True
        keeps_place = annotation(new, AUTONAMED) != "true" and place(new) == place(old)
        diff.delete_before_replace = bool(diff.replaces) and keeps_place
        return diff

    async def create(self, request: sdk.CreateRequest) -> sdk.CreateResponse:
        inputs = received(request.properties)
        type_ = type_of(request.type, inputs["kind"])
        manager = annotation(inputs, "patchFieldManager") or field_manager(request.urn)
        tell = self._teller(request.urn)
        if request.preview:
            if not type_.patch and self._can_be_asked(inputs):
                await blocking(lambda: self._rehearsal.creation(applied(inputs), tell))
            return sdk.CreateResponse(properties=request.properties)

        def create() -> Object:
            if directory := self._settings.rendered:
                return self._rendered(inputs, directory, request.properties, tell)
            cluster = self._cluster()
            if self._checks.replaces(request.urn, _where(inputs)):
                cluster.require_gone(inputs, manager, request.timeout, tell)
            create = cluster.patch if type_.patch else cluster.create
            return create(inputs, manager, request.timeout, tell)

        live, properties = await self._settled(create, inputs, request.properties, manager)
        return sdk.CreateResponse(identifier(live), properties)

    async def update(self, request: sdk.UpdateRequest) -> sdk.UpdateResponse:
        assert isinstance(request, UpdateRequest)
        inputs = received(request.news)
        type_ = type_of(request.type, inputs["kind"])
        before = _manager(request.olds, request.urn)
        manager = annotation(inputs, "patchFieldManager") or before
        tell, ignored = self._teller(request.urn), request.ignore_changes
        if request.preview:
            if self._can_be_asked(inputs):
                await blocking(lambda: self._rehearsal.update(applied(inputs), manager, ignored, tell))
            return sdk.UpdateResponse({**request.olds, **request.news})

        def update() -> Object:
            if directory := self._settings.rendered:
                return self._rendered(inputs, directory, request.news, tell)
            cluster = self._cluster()
            if type_.patch:
                return cluster.patch(inputs, manager, request.timeout, tell, before=before)
            return cluster.update(inputs, manager, request.timeout, tell, before=before, ignored=ignored)

        _, properties = await self._settled(update, inputs, request.news, manager)
        return sdk.UpdateResponse(properties)

    async def delete(self, request: sdk.DeleteRequest) -> None:
        _, thing = recorded(request.properties)
        if directory := self._settings.rendered:
            path_of(thing, directory).unlink(missing_ok=True)
            return
        type_ = type_of(request.type, thing["kind"])
        manager = _manager(request.properties, request.urn)
        tell = self._teller(request.urn)

        def delete() -> None:
            if type_.patch:
                self._cluster().release(thing, manager, request.timeout, tell)
            else:
                self._cluster().delete(thing, request.timeout, tell)

        try:
            await blocking(delete)
        except UnreachableError:
            if not self._settings.delete_unreachable:
                raise

    async def read(self, request: sdk.ReadRequest) -> sdk.ReadResponse:
        given = received(request.inputs)
        declared = applied(given)
        if self._settings.rendered:
            return sdk.ReadResponse(request.resource_id, request.properties, request.inputs)
        type_ = type_of(request.type, declared.get("kind", ""))
        namespace, _, name = request.resource_id.rpartition("/")
        wanted: Object = {"apiVersion": type_.api_version, "kind": type_.kind, "metadata": {"name": name}}
        if namespace:
            wanted["metadata"]["namespace"] = namespace
        try:
            found = await blocking(lambda: self._cluster().read(wanted))
        except UnreachableError:
            if self._settings.skip_unreachable:
                return sdk.ReadResponse(request.resource_id, request.properties, request.inputs)
            if not self._settings.delete_unreachable:
                raise
            found = None
        if found is None:
            return sdk.ReadResponse()
        live, reasons = found
        inputs = projected(live, declared) if declared else imported(live)
        # Spelled as the program does, so that only a difference looks like one.
        inputs = given if inputs == declared else inputs
        manager = _manager(request.properties, request.urn)
        properties = checkpoint(inputs, live, request.inputs, manager)
        kept = returned(inputs, request.inputs)
        # What is only looked at, or imported, need not be ready.
        if reasons and declared:
            raise InitializationFailed(request.resource_id, properties, kept, reasons)
        return sdk.ReadResponse(identifier(live), properties, kept)

    async def invoke(self, request: sdk.InvokeRequest) -> sdk.InvokeResponse:
        if request.tok != DECODE:
            raise SandboxError(
                f"The function {request.tok} is only in the published Kubernetes provider. Render its result to YAML "
                "and load that with pulumi_kubernetes.yaml.ConfigFile, or put that plugin on PATH."
            )
        arguments = decode(request.args)
        objects = decoded(arguments.get("text", ""), arguments.get("defaultNamespace", ""))
        return sdk.InvokeResponse({"result": PropertyValue([PropertyValue(encode(item)) for item in objects])})

    async def cancel(self) -> None:
        self._cancelled.set()

    async def _settled(
        self, operation: Callable[[], Object], inputs: Object, like: Properties, manager: str
    ) -> tuple[Object, Properties]:
        """The live object and its outputs; raises InitializationFailed when it is there but not ready."""
        try:
            live = await blocking(operation)
        except NotReadyError as error:
            properties = checkpoint(inputs, error.live, like, manager)
            raise InitializationFailed(
                identifier(error.live), properties, returned(inputs, like), error.reasons
            ) from None
        return live, checkpoint(inputs, live, like, manager)

    def _cluster(self) -> "Cluster":
        # Imported here: the client takes a quarter of a second, and many previews do without.
        from sandbox.providers.kubernetes.client import Client
        from sandbox.providers.kubernetes.cluster import Cluster

        with self._connecting:
            if self._connected is None:
                client = Client(Connection.of(self._values))
                self._connected = Cluster(client, self._settings, self._cancelled)
            return self._connected

    def _can_be_asked(self, inputs: Object) -> bool:
        """Whether an object can be shown to the API server: all of it is known, and it is meant for one."""
        return self._settings.rendered is None and not has_unknown(inputs)

    def _rendered(self, inputs: Object, directory: Path, like: Properties, tell: Callable[[str], None]) -> Object:
        if any(value.contains_secret() for value in like.values()):
            tell(f"The rendered file {path_of(inputs, directory)} contains a secret value in plain text.")
        render(applied(inputs), directory)
        return inputs

    async def _skipped(self, urn: str) -> bool:
        """Whether the resource is left as it is, because the cluster cannot be reached and the provider allows it."""
        if not self._settings.skip_unreachable:
            return False
        try:
            await blocking(lambda: self._cluster().client.kind("v1", "Namespace"))
        except (ApiError, NoSuchKindError):
            # That is an answer.
            return False
        except SandboxError as error:
            self.tell(urn, f"Left as it is (skipUpdateUnreachable): {error}")
            return True
        return False

    async def _unready(self, live: Object, urn: str) -> bool:
        """Whether a Job that is to be replaced while it is not complete is not."""
        if live.get("kind") != "Job":
            self.tell(urn, "The annotation pulumi.com/replaceUnready does nothing here: it is for Jobs.")
            return False
        try:
            found = await blocking(lambda: self._cluster().client.within(0, _silent).get(live))
        except SandboxError:
            return False
        rule = readiness(live)
        return found is not None and rule is not None and not rule.rule(found).ready

    def _teller(self, urn: str) -> Callable[[str], None]:
        """Shows a sentence beside the resource, once; deprecations unless the provider suppresses them."""
        told: set[str] = set()

        def tell(text: str) -> None:
            unwanted = self._settings.suppress_deprecations and "deprecated" in text
            if text not in told and not unwanted:
                told.add(text)
                self.tell(urn, text)

        return tell


def _where(thing: Object) -> tuple[str, str]:
    """Namespace and name of an object whose name is known."""
    return place(placed(thing))


def _manager(state: Properties, urn: str) -> str:
    kept = state.get(FIELD_MANAGER)
    return str(kept.value) if kept else field_manager(urn)


def _silent(_text: str) -> None:
    """For what is asked once and not waited for."""
