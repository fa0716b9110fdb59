"""The simulated Google API: creates, changes, reads and deletes records, and refuses what Google refuses."""

from collections.abc import Mapping
from typing import Any

from pulumi.provider.experimental.property_value import PropertyValue

from sandbox.errors import SandboxError
from sandbox.google import Google, Resource
from sandbox.home import Home
from sandbox.providers.gcp.computed import Made
from sandbox.providers.gcp.inputs import place, reach
from sandbox.providers.gcp.refusals import (
    refuse_modified_range,
    refuse_overlap,
    refuse_protected,
    refuse_shared_services_range,
    refuse_values,
)
from sandbox.providers.gcp.resource_type import ResourceType
from sandbox.providers.gcp.types import TYPES
from sandbox.providers.values import Properties, decode, encode

SHOWN = ("name", "project", "address")
"""Outputs that stand in a record itself, for readers who know nothing of types."""

HEEDED = (
    *SHOWN,
    *("hostname", "ipCidrRange", "secondaryIpRanges", "deletionPolicy", "deletionProtection", "forceDestroy"),
)
"""Properties that the simulation acts on: they are recorded even when the program calls them secret."""


class Records:
    """Resources by Google name, without their secrets. Every refusal is a SandboxError in the words of Google's API.

    `given` are the program's inputs as they came: they say what is secret.
    """

    def __init__(self, home: Home) -> None:
        self._home = home
        self._google = Google(home)

    def create(
        self,
        token: str,
        urn: str,
        inputs: dict[str, Any],
        labels: Mapping[str, str],
        given: Properties,
    ) -> dict[str, Any]:
        """The new resource's outputs."""
        kind = TYPES[token]
        name = kind.google_name(inputs)
        refuse_values(kind, inputs)
        with self._google.change() as resources:
            if resources.pop(name, None) and not kind.idempotent:
                raise SandboxError(
                    f"googleapi: Error 409: The resource '{name}' already exists, alreadyExists. Nothing was created. "
                    "If a run was killed while creating it, recover the stack. Else delete it (ahead of its own "
                    "replacement: with the resource option delete_before_replace), give this resource another name, "
                    "or import it with `pulumi import`."
                )
            references = _existing(kind, name, inputs, resources)
            refuse_overlap(kind, inputs, references, resources)
            refuse_shared_services_range(inputs, references, resources)
            outputs = self._outputs(kind, Made(self._home, name, inputs, resources), labels, {})
            resources[name] = _record(kind, token, urn, references, outputs, given)
        return outputs

    def update(
        self,
        token: str,
        urn: str,
        resource_id: str,
        inputs: dict[str, Any],
        labels: Mapping[str, str],
        given: Properties,
    ) -> dict[str, Any]:
        """The changed resource's outputs; what Google computed stays."""
        kind = TYPES[token]
        with self._google.change() as resources:
            name = _name(token, resource_id, resources)
            if name is None:
                raise SandboxError(
                    f"googleapi: Error 404: The resource '{resource_id}' was not found, notFound. Nothing was changed. "
                    "Run `refresh`, so that the next update makes it anew."
                )
            refuse_values(kind, inputs)
            references = _existing(kind, name, inputs, resources)
            before = resources[name]["properties"]
            refuse_modified_range(before, inputs)
            outputs = self._outputs(kind, Made(self._home, name, inputs, resources), labels, before)
            record = _record(kind, token, urn, references, outputs, given)
            del resources[name]
            resources[kind.google_name(inputs)] = {**record, "id": resource_id}
        return outputs

    def read(self, token: str, resource_id: str, state: Properties) -> dict[str, Any] | None:
        """The resource's outputs, secrets as the engine has them in its `state`; None when it is gone."""
        resources = self._google.resources()
        name = _name(token, resource_id, resources)
        return None if name is None else _completed(resources[name]["properties"], state)

    def delete(self, token: str, resource_id: str) -> None:
        """Remove it with what lies inside it; one that is gone is no error."""
        with self._google.change() as resources:
            name = _name(token, resource_id, resources)
            if name is None:
                return
            properties = resources[name]["properties"]
            if properties.get("deletionPolicy") == "ABANDON":
                return
            inside = [other for other in resources if other.startswith(f"{name}/")]
            refuse_protected(name, properties)
            if inside and TYPES[token].refuses_children and not properties.get("forceDestroy"):
                raise SandboxError(
                    f"googleapi: Error 400: The resource '{name}' cannot be deleted because it is not empty, "
                    f"containerNotEmpty: {', '.join(inside)}. Delete those first, or set forceDestroy."
                )
            users = [
                other for other, resource in resources.items() if name in resource["references"] and other not in inside
            ]
            if users:
                noun = token.split("/")[1].partition(":")[0]
                raise SandboxError(
                    f"googleapi: Error 400: The {noun} resource '{name}' is already being used by '{users[0]}', "
                    "resourceInUseByAnotherResource. It was not deleted. Delete its users first: make them "
                    "depend on it in the program."
                )
            for gone in (name, *inside):
                del resources[gone]

    def _outputs(
        self, kind: ResourceType, made: Made, labels: Mapping[str, str], before: dict[str, Any]
    ) -> dict[str, Any]:
        outputs = {**kind.default_outputs, **made.inputs}
        for path, compute in kind.computed.items():
            if not list(reach(outputs, path)):
                known = [value for _, value in reach(before, path)]
                place(outputs, path, known[0] if known else compute(made))
        if kind.labels:
            everything = {**labels, **(made.inputs.get(kind.labels) or {}), "goog-pulumi-provisioned": "true"}
            outputs |= {"pulumiLabels": everything, "effectiveLabels": everything}
        return outputs


def _record(
    kind: ResourceType, token: str, urn: str, references: list[str], outputs: dict[str, Any], given: Properties
) -> Resource:
    shown = {key: outputs[key] for key in SHOWN if key in outputs}
    identity = {"type": token, "id": kind.pulumi_id(outputs), "urn": urn}
    heeded = {key: outputs[key] for key in HEEDED if key in outputs}
    properties = decode(_open(encode(outputs, given))) | heeded
    return {**shown, **identity, "references": references, "properties": properties}


def _open(values: Mapping[str, PropertyValue]) -> Properties:
    """The values without secrets."""
    return {
        key: PropertyValue(_open(value.value)) if isinstance(value.value, Mapping) else value
        for key, value in values.items()
        if not value.is_secret
    }


def _completed(recorded: dict[str, Any], state: Mapping[str, PropertyValue]) -> dict[str, Any]:
    """What is recorded, with the secrets in `state` that are not."""
    outputs = decode({key: value for key, value in state.items() if value.is_secret}) | recorded
    for key, value in state.items():
        if isinstance(value.value, Mapping) and isinstance(recorded.get(key), dict):
            outputs[key] = _completed(recorded[key], value.value)
    return outputs


def _name(token: str, resource_id: str, resources: Mapping[str, Resource]) -> str | None:
    wanted = (token, resource_id)
    found = (name for name, resource in resources.items() if (resource["type"], resource["id"]) == wanted)
    return next(found, None)


def _existing(kind: ResourceType, name: str, inputs: Mapping[str, Any], resources: Mapping[str, Resource]) -> list[str]:
    """Google names of the resources it refers to, all of which must exist."""
    references = kind.referenced(inputs)
    for path, target in references.items():
        # Every Google project is born with a network of this name.
        if target not in resources and not target.endswith("/networks/default"):
            raise SandboxError(
                f"googleapi: Error 404: The resource '{target}' was not found, notFound: {path} of {name} refers to "
                "it, and the sandbox's Google holds only what its programs made. Nothing was created or changed. "
                "Make it in the program, or correct the reference."
            )
    return sorted(set(references.values()))
