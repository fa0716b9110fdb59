"""The registered graph of a stack as plain data: all that a reviewer has to see, in an order that never changes."""

import re
from collections.abc import Mapping
from typing import Any

from google.protobuf import json_format

from tests.unit.recording import REPOSITORY, Recording, Resource

Data = dict[str, Any]

STACK = "pulumi:pulumi:Stack"

OMITTED = {
    # Shown in another form.
    *("type", "name", "custom", "object", "dependencies", "propertyDependencies"),
    # Where the program was, and what the SDK supports.
    *("sourcePosition", "stackTrace", "version", "deleteBeforeReplaceDefined"),
    *("acceptSecrets", "acceptResources", "supportsPartialValues", "supportsResultReporting", "aliasSpecs"),
}
"""Fields of the request that registers a resource; every other one that is neither empty nor false is shown."""

BY_CONTENT = re.compile(r"(?<=:)[0-9a-f]{12,}$")
"""The tag of an image, which changes with the code of the app and not with the graph."""


def graph(recording: Recording) -> Data:
    """Resources by their URN without stack and project, the stack's outputs, and ids of resources that are only read.

    The value of a secret reads `[secret]`.
    """
    resources = {short(each.urn): _resource(each) for each in recording.registered if each.type != STACK}
    assert len(resources) == len(recording.registered) - 1, "two resources have one URN"
    outputs = {key: _output(value) for key, value in sorted(recording.outputs.items())}
    return {"resources": dict(sorted(resources.items())), "outputs": outputs, "read": sorted(recording.read)}


def short(urn: str) -> str:
    """A URN without stack and project; of a reference to a provider, without the id."""
    return "::".join(urn.split("::")[2:4])


def _resource(resource: Resource) -> Data:
    options = json_format.MessageToDict(resource.request)
    shown = {key: value for key, value in sorted(options.items()) if value and key not in OMITTED}
    for key in ("deletedWith", "parent", "provider"):
        if key in shown:
            shown[key] = short(shown[key])
    if shown.get("parent", "").startswith(STACK):
        del shown["parent"]
    if "providers" in shown:
        shown["providers"] = sorted(map(short, shown["providers"].values()))
    dependencies = _dependencies(resource)
    return {
        **shown,
        **({"dependencies": dependencies} if dependencies else {}),
        **({"inputs": _inputs(resource)} if resource.sealed else {}),
    }


def _dependencies(resource: Resource) -> Mapping[str, list[str]]:
    """By the property that refers to them; `dependsOn`: by none."""
    by_property = {
        name: sorted(map(short, group.urns))
        for name, group in sorted(resource.request.propertyDependencies.items())
        if group.urns
    }
    referred = {urn for urns in by_property.values() for urn in urns}
    others = sorted({short(urn) for urn in resource.request.dependencies} - referred)
    return {**by_property, **({"dependsOn": others} if others else {})}


def _inputs(resource: Resource) -> Data:
    inputs = _sorted(resource.sealed)
    if resource.type == "docker:index/image:Image":
        inputs["imageName"] = BY_CONTENT.sub("[content]", inputs["imageName"])
    return inputs


def _output(value: Any) -> Any:
    """Text that is a file of the repository is not repeated."""
    readme = REPOSITORY / "Pulumi.README.md"
    return f"[{readme.name}]" if value == readme.read_text() else _sorted(value)


def _sorted(value: Any) -> Any:
    """Mappings ordered by key: the protocol keeps no order of them."""
    if isinstance(value, dict):
        return {key: _sorted(item) for key, item in sorted(value.items())}
    return [_sorted(item) for item in value] if isinstance(value, list) else value
