"""Provider resources: their own lifecycle, and the configured providers they stand for.

A provider is loaded by its check, and configured when it is created, updated or found unchanged.
(pulumi/pulumi: pkg/resource/deploy/providers/registry.go)
"""

import threading
import uuid
from collections.abc import Callable, Sequence

from sandbox.engine import urn as urns
from sandbox.engine.diff import Diff
from sandbox.engine.plugins import Plugin, Plugins
from sandbox.engine.property import UNKNOWN, Properties
from sandbox.engine.provider import Checked, Found, Provider
from sandbox.engine.resource import Resource
from sandbox.errors import SandboxError

INTERNAL = "__internal"
"""The input under which the engine keeps what is not for the provider."""


class Registry:
    """The lifecycle of `pulumi:providers:*` resources. Thread-safe."""

    def __init__(
        self, plugins: Plugins, preview: bool, recorded: Callable[[str], Resource | None], own: Plugin
    ) -> None:
        """`recorded` finds the provider resource that the state holds under a reference; `own` serves `pulumi`."""
        self._plugins = plugins
        self._own = own
        self._preview = preview
        self.recorded = recorded
        self._configured: dict[str, Provider] = {}
        self._checked: dict[str, Provider] = {}
        self._lock = threading.RLock()

    def get(self, reference: str) -> Provider:
        """The provider a resource refers to; configured from the state when the program has not registered it."""
        with self._lock:
            if provider := self._configured.get(reference):
                return provider
            resource = self.recorded(reference)
            if resource is None:
                raise SandboxError(
                    f"The provider {reference} is neither in the program nor in the state, so what it manages cannot "
                    "be reached. Pass the provider resource that the program makes."
                )
            provider = self._load(resource.urn)
            self._configure(provider, resource.urn, resource.id, resource.inputs)
            return provider

    def check(self, urn: str, old: Properties | None, new: Properties) -> Checked:
        provider = self._load(urn)
        checked = provider.check_config(urn, None if old is None else _own(old), _own(new))
        with self._lock:
            previous, self._checked[urn] = self._checked.get(urn), provider
        if previous is not None:
            previous.close()
        kept = {key: new[key] for key in (INTERNAL, "version") if key in new}
        return Checked({**checked.inputs, **kept}, checked.failures)

    def diff(self, old: Resource, inputs: Properties, ignore: Sequence[str]) -> Diff:
        provider = self._checked.get(old.urn) or self.get(urns.reference(old.urn, old.id))
        return self._compare(provider, old.urn, old, inputs, ignore)

    def replaces(self, reference: str, old: Resource, new: Resource) -> bool:
        """Whether what `old` managed has to be replaced now that the provider at `reference` manages it."""
        return bool(self._compare(self.get(reference), new.urn, old, new.inputs, ()).replaces)

    def _compare(self, provider: Provider, urn: str, old: Resource, inputs: Properties, ignore: Sequence[str]) -> Diff:
        plain = Resource(urn=urn, type=old.type, id=old.id, inputs=_own(old.inputs), outputs=old.outputs)
        return provider.diff_config(urn, old.id, plain, _own(inputs), ignore)

    def create(self, new: Resource) -> Found:
        id_ = UNKNOWN if self._preview else str(uuid.uuid4())
        self._configure(self._take(new.urn), new.urn, id_, new.inputs)
        return Found("" if self._preview else id_, _own(new.inputs))

    def update(self, old: Resource, new: Resource) -> Found:
        self._configure(self._take(new.urn), new.urn, old.id, new.inputs)
        return Found(old.id, _own(new.inputs))

    def same(self, old: Resource, new: Resource) -> None:
        """Configure an unchanged provider, with its old inputs: those its resources were made with."""
        self._configure(self._take(new.urn), new.urn, old.id, old.inputs)

    def delete(self, old: Resource) -> None:
        with self._lock:
            provider = self._configured.pop(urns.reference(old.urn, old.id), None)
        if provider is not None:
            provider.close()

    def close(self) -> None:
        """End every plugin."""
        with self._lock:
            providers = [*self._configured.values(), *self._checked.values()]
            self._configured.clear()
            self._checked.clear()
        for provider in providers:
            provider.close()

    def _load(self, urn: str) -> Provider:
        package = urns.package(urns.type_of(urn))
        return Provider(self._own if package == urns.PULUMI else self._plugins.load(package), self._preview)

    def _take(self, urn: str) -> Provider:
        with self._lock:
            provider = self._checked.pop(urn, None)
        return provider or self._load(urn)

    def _configure(self, provider: Provider, urn: str, id_: str, inputs: Properties) -> None:
        provider.configure(urn, id_, _own(inputs))
        with self._lock:
            previous = self._configured.get(urns.reference(urn, id_))
            self._configured[urns.reference(urn, id_)] = provider
        if previous is not None:
            previous.close()


def _own(inputs: Properties) -> Properties:
    """The inputs that are the provider's."""
    return {key: value for key, value in inputs.items() if key != INTERNAL}
