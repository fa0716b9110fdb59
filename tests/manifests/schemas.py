"""JSON schemas for kubeconform: of Kubernetes as the sandbox runs it, and of the custom resources that it serves."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

Schema = dict[str, Any]

LOCATION = "{{.ResourceKind}}_{{.Group}}_{{.ResourceAPIVersion}}.json"
"""Name of a kind's schema, as kubeconform looks for it."""

_LOOSE: Mapping[str, list[str]] = {
    "io.k8s.apimachinery.pkg.util.intstr.IntOrString": ["string", "integer"],
    "io.k8s.apimachinery.pkg.api.resource.Quantity": ["string", "number"],
}
"""What Kubernetes' own description calls a string, and takes as a number too."""

_OBJECT = "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"
_SHARED = "definitions.json"


def of_kubernetes(description: Path, target: Path) -> None:
    """Write a schema for every kind in an OpenAPI v2 description, such as upstream's swagger.json."""
    definitions: dict[str, Schema] = json.loads(description.read_text())["definitions"]
    shared = {name: _strict(schema) for name, schema in definitions.items()}
    shared |= {name: {"type": types} for name, types in _LOOSE.items()}
    _write(target / _SHARED, {"definitions": shared})
    for name, definition in definitions.items():
        for kind in definition.get("x-kubernetes-group-version-kind", ()):
            path = target / _file(kind["group"], kind["version"], kind["kind"])
            _write(path, {"$ref": f"{_SHARED}#/definitions/{name}"})


def of_definitions(directory: Path, target: Path) -> None:
    """Write a schema for every version in the CustomResourceDefinitions of a directory, beside Kubernetes' own."""
    metadata = {"$ref": f"{_SHARED}#/definitions/{_OBJECT}"}
    for spec in (content["spec"] for path in sorted(directory.glob("*.yaml")) for content in _documents(path)):
        for version in spec["versions"]:
            schema = version["schema"]["openAPIV3Schema"]
            own = {"apiVersion": {"type": "string"}, "kind": {"type": "string"}, "metadata": metadata}
            whole = _strict({**schema, "properties": {**schema.get("properties", {}), **own}})
            _write(target / _file(spec["group"], version["name"], spec["names"]["kind"]), whole)


def _strict(schema: Any) -> Any:
    """The schema where what it does not name is refused; that is what an API server drops without a word."""
    if isinstance(schema, list):
        return [_strict(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    if schema.get("x-kubernetes-int-or-string"):
        return {"type": ["string", "integer"]}
    told = {key: _strict(value) for key, value in schema.items()}
    if isinstance(schema.get("properties"), dict) and "type" in schema:
        told = {key: value for key, value in told.items() if key != "properties"}
        told["properties"] = {name: _strict(each) for name, each in schema["properties"].items()}
        if not schema.get("x-kubernetes-preserve-unknown-fields"):
            told.setdefault("additionalProperties", False)
    return told


def _file(group: str, version: str, kind: str) -> str:
    """As LOCATION, which calls the core group by its version."""
    return f"{kind.lower()}_{group or version}_{version}.json"


def _documents(path: Path) -> Iterator[Any]:
    yield from yaml.safe_load_all(path.read_text())


def _write(path: Path, schema: Schema) -> None:
    path.write_text(json.dumps(schema))
