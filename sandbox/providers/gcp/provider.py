"""The gcp provider: checks inputs as Google would, and keeps its resources in the simulated Google API."""

import hashlib
import json
import secrets
from collections.abc import Iterator, Mapping
from typing import Any

from pulumi.provider.experimental import provider as sdk

from sandbox.errors import SandboxError
from sandbox.home import Home
from sandbox.providers.difference import compare
from sandbox.providers.gcp import rules
from sandbox.providers.gcp.comparison import Comparison
from sandbox.providers.gcp.equivalence import Resource
from sandbox.providers.gcp.inputs import COMPUTED, mistakes, place, properties, reach, shapes
from sandbox.providers.gcp.passthrough import PassThrough, is_simulated
from sandbox.providers.gcp.records import Records
from sandbox.providers.gcp.resource_type import ResourceType
from sandbox.providers.gcp.types import TYPES
from sandbox.providers.plugin import PluginProvider
from sandbox.providers.protocol import DiffRequest
from sandbox.providers.values import UNKNOWN, Properties, decode, encode

CONFIGURATION = frozenset(
    {
        *("project", "region", "zone", "credentials", "accessToken", "impersonateServiceAccount", "scopes"),
        *("impersonateServiceAccountDelegates", "userProjectOverride", "billingProject", "requestTimeout"),
        *("requestReason", "defaultLabels", "addPulumiAttributionLabel", "batching"),
        *("version", "pluginDownloadURL"),
    }
)

PLACES: dict[str, tuple[str, ...]] = {
    "project": ("project",),
    "region": ("region",),
    "location": ("zone", "region"),
}
"""Inputs that the provider's configuration fills in, and from which of its keys."""

DEFAULTS = "__defaults"
"""Lists the inputs that the provider chose, as the published one does: a generated name may change."""


class GcpProvider(PluginProvider):
    """One configured provider; all providers of a sandbox share its one simulated Google."""

    def __init__(self, home: Home | None = None) -> None:
        self._records = Records(home or Home.locate())
        self._configuration: dict[str, Any] = {}
        self._others = PassThrough(self)

    async def check_config(self, request: sdk.CheckRequest) -> sdk.CheckResponse:
        given = decode(request.new_inputs)
        known = ", ".join(sorted(CONFIGURATION))
        failures = [
            sdk.CheckFailure(key, f"{key} is no setting of the gcp provider here. Remove it, or use one of {known}.")
            for key in given
            if key not in CONFIGURATION and not key.startswith("__")
        ]
        for key, rule in {"project": rules.project, "region": rules.region}.items():
            failures += [
                sdk.CheckFailure(key, f"{value!r} {rule(value)}.") for _, value in reach(given, key) if rule(value)
            ]
        return sdk.CheckResponse(inputs=request.new_inputs, failures=failures)

    async def diff_config(self, request: sdk.DiffRequest) -> sdk.DiffResponse:
        return compare(decode(request.old_state), decode(request.new_inputs))

    async def configure(self, request: sdk.ConfigureRequest) -> sdk.ConfigureResponse:
        self._configuration = decode(request.args)
        return sdk.ConfigureResponse(accept_secrets=True, supports_preview=True)

    async def check(self, request: sdk.CheckRequest) -> sdk.CheckResponse:
        if not is_simulated(request.type):
            return self._others.check(request)
        token, kind = _kind(request.type)
        inputs = self._completed(token, kind, request)
        failures = [sdk.CheckFailure(path, f"{path}: {reason}.") for path, reason in _problems(token, kind, inputs)]
        return sdk.CheckResponse(inputs=encode(inputs, request.new_inputs), failures=failures)

    async def diff(self, request: sdk.DiffRequest) -> sdk.DiffResponse:
        assert isinstance(request, DiffRequest)
        if not is_simulated(request.type):
            return self._others.diff(request)
        token, kind = _kind(request.type)
        state, new = decode(request.old_state), decode(request.new_inputs)
        old_inputs = decode(request.old_inputs)
        diff = _comparison(token, kind, state, _declared(new)).response(old_inputs, request.ignore_changes)
        generated = kind.named in new.get(DEFAULTS, ())
        same_name = _identity(kind, state) == _identity(kind, new)
        diff.delete_before_replace = bool(diff.replaces) and same_name and not generated
        return diff

    async def create(self, request: sdk.CreateRequest) -> sdk.CreateResponse:
        if not is_simulated(request.type):
            return self._others.create(request)
        token, kind = _kind(request.type)
        inputs = _declared(decode(request.properties))
        if request.preview:
            return sdk.CreateResponse(properties=encode(_previewed(kind, inputs), request.properties))
        outputs = self._records.create(token, request.urn, inputs, self._labels, request.properties)
        return sdk.CreateResponse(kind.pulumi_id(outputs), encode(outputs, request.properties))

    async def update(self, request: sdk.UpdateRequest) -> sdk.UpdateResponse:
        if not is_simulated(request.type):
            return self._others.update(request)
        token, kind = _kind(request.type)
        inputs = _declared(decode(request.news))
        outputs = _comparison(token, kind, decode(request.olds), inputs).outputs()
        given = {**request.olds, **request.news}
        if not request.preview:
            outputs = self._records.update(token, request.urn, request.resource_id, outputs, self._labels, given)
        return sdk.UpdateResponse(encode(outputs, given))

    async def delete(self, request: sdk.DeleteRequest) -> None:
        if is_simulated(request.type):
            self._records.delete(_kind(request.type)[0], request.resource_id)

    async def read(self, request: sdk.ReadRequest) -> sdk.ReadResponse:
        if not is_simulated(request.type):
            return self._others.read(request)
        token, _ = _kind(request.type)
        # A role's member is imported by "resource role member", and its id has slashes.
        resource_id = request.resource_id.replace(" ", "/")
        outputs = self._records.read(token, resource_id, request.properties)
        if outputs is None:
            return sdk.ReadResponse()
        known = properties(shapes()[token])
        imported: Properties = encode({key: value for key, value in outputs.items() if key in known})
        inputs = request.inputs or imported
        return sdk.ReadResponse(resource_id, encode(outputs, request.inputs), inputs)

    async def invoke(self, request: sdk.InvokeRequest) -> sdk.InvokeResponse:
        raise SandboxError(
            f"The function {request.tok} is not simulated: the sandbox's Google answers for resources only. "
            "Write the value into the stack's configuration."
        )

    @property
    def _labels(self) -> dict[str, str]:
        given = self._configuration.get("defaultLabels") or {}
        return json.loads(given) if isinstance(given, str) else given

    def _completed(self, token: str, kind: ResourceType, request: sdk.CheckRequest) -> dict[str, Any]:
        """The inputs with what the provider's configuration adds, and a name."""
        old, inputs = decode(request.old_inputs), _declared(decode(request.new_inputs))
        accepted = properties(shapes()[token])
        for key, sources in PLACES.items():
            given = next((self._configuration[source] for source in sources if source in self._configuration), None)
            given = old.get(key, given) if key == "location" else given
            if f"{key}{COMPUTED}" in shapes()[token] and key in kind.identity and given is not None:
                inputs.setdefault(key, given)
        if kind.named and kind.named not in inputs and kind.named in accepted:
            seed = request.random_seed
            suffix = hashlib.sha256(seed).hexdigest()[:7] if seed else secrets.token_hex(4)[:7]
            inputs[kind.named] = old.get(kind.named) or f"{request.name.lower()}-{suffix}"
            inputs[DEFAULTS] = [kind.named]
        return inputs


def _kind(token: str) -> tuple[str, ResourceType]:
    """The bare type token and its entry."""
    token = token.rpartition("$")[2]
    return token, TYPES[token]


def _identity(kind: ResourceType, inputs: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(inputs.get(key) for key in kind.identity)


def _declared(inputs: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in inputs.items() if not key.startswith("__")}


def _problems(token: str, kind: ResourceType, inputs: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Property path and what is wrong there, all at once."""
    declared = _declared(inputs)
    yield from mistakes(shapes()[token], declared)
    for key in kind.identity:
        if key in PLACES and key not in declared and f"{key}{COMPUTED}" in shapes()[token]:
            yield (
                key,
                f"it is missing, and Google would not know where to look. Set {key} here or on the provider",
            )
    for pattern, rule in kind.rules.items():
        for path, value in reach(declared, pattern):
            if wrong := rule(value):
                yield path, f"{value!r} {wrong}"
    for constraint in kind.constraints:
        yield from constraint(declared)


def _comparison(token: str, kind: ResourceType, state: dict[str, Any], inputs: dict[str, Any]) -> Comparison:
    return Comparison(kind, shapes()[token], Resource(state, inputs))


def _previewed(kind: ResourceType, inputs: dict[str, Any]) -> dict[str, Any]:
    """The outputs as far as they are known before Google has made the resource."""
    outputs = {**kind.default_outputs, **inputs}
    for path in kind.computed:
        if not list(reach(outputs, path)):
            place(outputs, path, UNKNOWN)
    if kind.labels:
        outputs |= {"pulumiLabels": UNKNOWN, "effectiveLabels": UNKNOWN}
    return outputs
