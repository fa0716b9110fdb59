"""GKE's custom resources are served as on GKE, and refuse what GKE does not know."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

import sandbox
from sandbox.edge.objects import Kind

CLASS = yaml.safe_load((Path(sandbox.__file__).parent / "cluster" / "objects" / "ingressclasses.yaml").read_text())
FILES = sorted((Path(sandbox.__file__).parent / "cluster" / "crds").glob("*.yaml"))
DEFINITIONS: dict[str, Any] = {file.stem: yaml.safe_load(file.read_text()) for file in FILES}


def schemas(schema: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield schema
    for child in [*schema.get("properties", {}).values(), *([schema["items"]] if "items" in schema else [])]:
        yield from schemas(child)


@pytest.mark.parametrize(
    "kind",
    [
        *(Kind.MANAGED_CERTIFICATE, Kind.BACKEND_CONFIG, Kind.FRONTEND_CONFIG),
        *(Kind.GATEWAY, Kind.HTTP_ROUTE, Kind.HEALTH_CHECK_POLICY, Kind.BACKEND_POLICY),
    ],
    ids=lambda kind: kind.value[1],
)
def test_the_controller_watches_what_is_served(kind: Kind) -> None:
    version, name, plural = kind.value
    spec = DEFINITIONS[plural]["spec"]
    assert (f"{spec['group']}/{spec['versions'][0]['name']}", spec["names"]["kind"]) == (version, name)
    assert DEFINITIONS[plural]["metadata"]["name"] == f"{plural}.{spec['group']}"


@pytest.mark.parametrize("definition", DEFINITIONS.values(), ids=list(DEFINITIONS))
def test_a_field_that_is_not_declared_is_refused(definition: dict[str, Any]) -> None:
    root = definition["spec"]["versions"][0]["schema"]["openAPIV3Schema"]
    for schema in schemas(root):
        assert {"type", "x-kubernetes-int-or-string"} & schema.keys(), "a structural schema types every field"
        assert not any(name.startswith("x-kubernetes-preserve") for name in schema)
        # Labels have names that nobody can declare.
        assert schema.get("additionalProperties") in (None, {"type": "string"})


def test_a_managed_certificate_is_listed_with_age_and_status() -> None:
    columns = DEFINITIONS["managedcertificates"]["spec"]["versions"][0]["additionalPrinterColumns"]
    assert [column["name"] for column in columns] == ["Age", "Status"]


@pytest.mark.parametrize("name", ["gateways", "httproutes"])
def test_the_gateway_api_is_declared_as_our_own_extract(name: str) -> None:
    metadata = DEFINITIONS[name]["metadata"]
    # The API server takes groups of k8s.io only with a word on their approval.
    assert metadata["annotations"]["api-approved.kubernetes.io"].startswith("unapproved")


def test_the_class_that_ingresses_name_exists_as_ingress_nginx_makes_it() -> None:
    assert (CLASS["kind"], CLASS["metadata"], CLASS["spec"]) == (
        "IngressClass",
        {"name": "nginx"},
        {"controller": "k8s.io/ingress-nginx"},
    )
