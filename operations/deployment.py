"""What a stack's state says, and how it changes when an interrupted creation turns out to have succeeded."""

import json
from collections.abc import Iterable, Iterator
from typing import Any

from operations.pulumi_cli import Deployment, Resource

CREATING = "creating"

SIGNATURE = "4dabf18193072939515e22adb298388d"
SECRET = "1b47061264138c4ac30d75fd1eb44270"
"""Pulumi's own key of a property that is no plain value, and what stands there for a secret."""


def pending_operations(deployment: Deployment) -> list[tuple[str, Resource]]:
    """What was under way when the run ended: `creating`, `updating` and so on, each with its resource."""
    return [(each["type"], each["resource"]) for each in deployment.get("pending_operations") or ()]


def provider_inputs(deployment: Deployment, resource: Resource) -> dict[str, Any]:
    """The configuration of a resource's provider; empty when the state has none."""
    reference = resource.get("provider", "")
    found = (each for each in resources(deployment) if f"{each['urn']}::{each.get('id')}" == reference)
    return next((each.get("inputs") or {} for each in found), {})


def outputs(deployment: Deployment) -> dict[str, Any]:
    """The stack's outputs; empty when it has never come up. Secrets have to be shown in the state."""
    stacks = (each for each in resources(deployment) if each["type"] == "pulumi:pulumi:Stack")
    return _revealed(next(stacks, {}).get("outputs") or {})


def kubernetes_provider(deployment: Deployment) -> dict[str, Any] | None:
    """The inputs of the stack's Kubernetes provider, if it has one. Secrets have to be shown in the state."""
    providers = (each for each in resources(deployment) if each["type"] == "pulumi:providers:kubernetes")
    found = next(providers, None)
    return None if found is None else _revealed(found.get("inputs") or {})


def holds(deployment: Deployment, created: Resource) -> bool:
    """Whether the state has this very object, but for one that waits for its replacement."""
    return any(
        (each["type"], each.get("id")) == (created["type"], created["id"]) and not each.get("pendingReplacement")
        for each in resources(deployment)
    )


def with_created(deployment: Deployment, created: Iterable[Resource]) -> Deployment:
    """The state without pending operations and with these resources, as if their creation had been seen to end.

    As the engine does, a resource that is created ahead of its predecessor's deletion marks the predecessor for
    deletion, and one that is created after it takes the place of the mark that waits for it.
    """
    result = list(resources(deployment))
    for new in created:
        old = next((each for each in result if each["urn"] == new["urn"] and not each.get("delete")), None)
        if old is None:
            result.append(new)
            continue
        # Before what depends on it: all that it depends on itself was registered in the same run, further ahead.
        index = result.index(old)
        result[index : index + 1] = [new] if old.get("pendingReplacement") else [new, {**old, "delete": True}]
    kept = {key: value for key, value in deployment.items() if key != "pending_operations"}
    return {**kept, "resources": result}


def _revealed(value: Any) -> Any:
    """A property with its secrets in plain text."""
    if isinstance(value, dict):
        if value.get(SIGNATURE) == SECRET:
            return json.loads(value["plaintext"])
        return {key: _revealed(each) for key, each in value.items()}
    return [_revealed(each) for each in value] if isinstance(value, list) else value


def resources(deployment: Deployment) -> Iterator[Resource]:
    yield from deployment.get("resources") or ()
