"""The provider: checks and compares as the real one does without a cluster, and creates nothing."""

from typing import Any

from pulumi.provider.experimental import provider as sdk
from pulumi.provider.experimental.property_value import PropertyValue

from sandbox.errors import SandboxError
from sandbox.graph.plugins.kubernetes.configuration import Settings, replacing_keys
from sandbox.graph.plugins.kubernetes.kinds import (
    Object,
    identified,
    identifier,
    is_builtin,
    is_namespaced,
    is_patch,
    kind_of,
    metadata_of,
)
from sandbox.graph.plugins.kubernetes.manifests import decoded
from sandbox.graph.plugins.kubernetes.naming import is_autonamed, with_name
from sandbox.graph.plugins.kubernetes.normalization import normalized
from sandbox.graph.plugins.kubernetes.outputs import with_outputs
from sandbox.graph.plugins.kubernetes.replacement import IDENTITY, force_new, replaces
from sandbox.graph.property import find, parse_path
from sandbox.providers.difference import REPLACING, compare
from sandbox.providers.protocol import DiffRequest
from sandbox.providers.values import UNKNOWN, Properties, decode, encode

DECODE = "kubernetes:yaml:decode"
"""The function behind ConfigFile and ConfigGroup."""

LABEL = "app.kubernetes.io/managed-by"
"""Set to `pulumi` on what is applied on the client's side."""

EXTENSION = "x-kubernetes-"
"""Schema fields of a CustomResourceDefinition that the SDK spells with underscores."""

SECRET_FIELDS = ("data", "stringData")


class Kubernetes(sdk.Provider):
    """One configured provider."""

    def __init__(self) -> None:
        self._settings = Settings.of({})

    async def check_config(self, request: sdk.CheckRequest) -> sdk.CheckResponse:
        return sdk.CheckResponse(inputs=request.new_inputs)

    async def diff_config(self, request: sdk.DiffRequest) -> sdk.DiffResponse:
        old, new = decode(request.old_state), decode(request.new_inputs)
        changed = [key for key in {**old, **new} if old.get(key) != new.get(key)]
        return sdk.DiffResponse(changes=bool(changed), replaces=replacing_keys(old, new), diffs=changed)

    async def configure(self, request: sdk.ConfigureRequest) -> sdk.ConfigureResponse:
        self._settings = Settings.of(decode(request.args))
        return sdk.ConfigureResponse(accept_secrets=True, supports_preview=True)

    async def check(self, request: sdk.CheckRequest) -> sdk.CheckResponse:
        old, new = _received(request.old_inputs), normalized(_received(request.new_inputs))
        if kind_of(new).endswith("List") and is_builtin(new):
            raise SandboxError(
                f"{request.name} is a {kind_of(new)}, which is no object, so it cannot be created. "
                "Declare its items, one resource each."
            )
        if is_patch(request.type, new):
            self._require_name(request.name, new)
        else:
            new = with_name(new, old, request.urn, request.name)
            new = self._with_label(new, old)
        if is_namespaced(new):
            new = _with_namespace(new, self._settings.namespace)
        return sdk.CheckResponse(inputs=_returned(new, request.new_inputs))

    async def diff(self, request: sdk.DiffRequest) -> sdk.DiffResponse:
        assert isinstance(request, DiffRequest)
        stated = _received(request.old_inputs)
        namespace = "default" if is_namespaced(stated) else ""
        old, new = (_with_namespace(normalized(thing), namespace) for thing in (stated, _received(request.new_inputs)))
        patterns = IDENTITY if is_patch(request.type, new) else force_new(new, self._settings.mutable)
        diff = compare(old, new)
        for path, change in diff.detailed_diff.items():
            parsed = parse_path(path)
            if any(replaces(parsed, find(new, parsed), pattern) for pattern in patterns):
                change.kind = REPLACING[change.kind]
                diff.replaces.append(path)
        same_place = _place(new) == _place(_with_namespace(stated, namespace) if namespace else stated)
        diff.delete_before_replace = bool(diff.replaces) and not is_autonamed(new) and same_place
        return diff

    async def create(self, request: sdk.CreateRequest) -> sdk.CreateResponse:
        if request.preview:
            return sdk.CreateResponse(properties=request.properties)
        thing = _received(request.properties)
        return sdk.CreateResponse(identifier(thing), _returned(with_outputs(thing), request.properties))

    async def update(self, request: sdk.UpdateRequest) -> sdk.UpdateResponse:
        return sdk.UpdateResponse({**request.olds, **request.news})

    async def read(self, request: sdk.ReadRequest) -> sdk.ReadResponse:
        if not request.properties:
            # An object that others made, which is taken to be there.
            thing = with_outputs(identified(request.type, request.resource_id))
            return sdk.ReadResponse(request.resource_id, _returned(thing, {}), request.inputs)
        return sdk.ReadResponse(request.resource_id, request.properties, request.inputs)

    async def delete(self, request: sdk.DeleteRequest) -> None:
        """There is nothing to delete."""

    async def invoke(self, request: sdk.InvokeRequest) -> sdk.InvokeResponse:
        if request.tok != DECODE:
            raise SandboxError(
                f"The function {request.tok} needs a cluster or the network, so the stack cannot be evaluated offline. "
                "Render its result to YAML and load that with pulumi_kubernetes.yaml.ConfigFile."
            )
        arguments = decode(request.args)
        objects = decoded(arguments.get("text", ""), arguments.get("defaultNamespace", ""))
        return sdk.InvokeResponse({"result": PropertyValue([PropertyValue(encode(item)) for item in objects])})

    def _require_name(self, resource: str, patch: Object) -> None:
        if not metadata_of(patch).get("name"):
            raise SandboxError(
                f"{resource} has no metadata.name, so nobody knows which object it changes. Name the object."
            )

    def _with_label(self, new: Object, old: Object) -> Object:
        labels = metadata_of(new).get("labels", {})
        wanted = _label(old) == "pulumi" if old else not self._settings.server_side_apply
        if not wanted or not isinstance(labels, dict) or new.get("metadata") == UNKNOWN:
            return new
        return {**new, "metadata": {**metadata_of(new), "labels": {**labels, LABEL: "pulumi"}}}


def _label(thing: Object) -> Any:
    labels = metadata_of(thing).get("labels")
    return labels.get(LABEL) if isinstance(labels, dict) else None


def _with_namespace(thing: Object, default: str) -> Object:
    """The object with a namespace; without one where there is no default, since its kind lives in none."""
    metadata = thing.get("metadata", {})
    if not isinstance(metadata, dict):
        return thing
    rest = {key: item for key, item in metadata.items() if key != "namespace"}
    return {**thing, "metadata": {**rest, "namespace": metadata.get("namespace") or default} if default else rest}


def _place(thing: Object) -> Any:
    """Namespace and name; the whole metadata while it is unknown."""
    metadata = thing.get("metadata", {})
    return (metadata.get("namespace"), metadata.get("name")) if isinstance(metadata, dict) else metadata


def _received(properties: Properties) -> Object:
    """The object in a resource's inputs, as the API server spells it."""
    return _respelled(decode(properties), "_", "-")


def _returned(thing: Object, like: Properties) -> Properties:
    """An object as properties: secret where `like` is, and all of a Secret's data."""
    marked = dict(like)
    if kind_of(thing) == "Secret":
        marked |= dict.fromkeys(SECRET_FIELDS, PropertyValue("", is_secret=True))
    return encode(_respelled(thing, "-", "_"), marked)


def _respelled(value: Any, old: str, new: str) -> Any:
    """Extension fields at any depth with their dashes or underscores exchanged."""
    if isinstance(value, list):
        return [_respelled(item, old, new) for item in value]
    if not isinstance(value, dict):
        return value
    prefix = EXTENSION.replace("-", old)
    return {
        key.replace(old, new) if key.startswith(prefix) else key: _respelled(item, old, new)
        for key, item in value.items()
    }
