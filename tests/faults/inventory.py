"""What there is of the dev stack: in the state, at Google, in the cluster."""

import json
from dataclasses import dataclass
from typing import Any

from tests.e2e.conftest import Checkout

NAMESPACE = "gke-webapp-dev"
STACK = "urn:pulumi:dev::gke-webapp::"
KINDS = (
    "deployment,service,ingress,networkpolicy,secret,configmap,serviceaccount,"
    "managedcertificate,backendconfig,frontendconfig"
)
NOWHERE = ("pulumi:", "docker:")
"""Packages whose resources are in the state alone."""


@dataclass(frozen=True)
class Inventory:
    """What there is of the stack, each list sorted: a thing made twice would be in it twice."""

    resources: list[str]
    existing: list[str]

    @classmethod
    def of(cls, checkout: Checkout) -> "Inventory":
        """What the state, Google and the cluster say; no operation may be pending."""
        deployment = checkout.deployment()
        assert not deployment.get("pending_operations")
        resources = deployment.get("resources", [])
        assert not [each["urn"] for each in resources if each.get("delete")]
        return cls(sorted(each["urn"] for each in resources), sorted(existing(checkout)))


def held(checkout: Checkout) -> list[str]:
    """Each thing that the state says exists, as `existing` names it."""
    resources = checkout.deployment().get("resources", [])
    return [
        f"{each['type'].rpartition(':')[2] if each['type'].startswith('kubernetes:') else each['type']} {each['id']}"
        for each in resources
        if each["custom"] and not each["type"].startswith(NOWHERE)
    ]


def existing(checkout: Checkout, *, ending: bool = True) -> set[str]:
    """Type and id of each thing that the stack made, and that exists; `ending`: though it is being deleted."""
    recorded: dict[str, dict[str, Any]] = json.loads((checkout.home / "google.json").read_text())
    google = {f"{each['type']} {each['id']}" for each in recorded.values() if each["urn"].startswith(STACK)}
    listed = checkout.objects(KINDS, "--namespace", NAMESPACE, "--show-managed-fields")
    listed += [each for each in checkout.objects("namespaces") if each["metadata"]["name"] == NAMESPACE]
    return google | {
        f"{each['kind']} {_id(each['metadata'])}"
        for each in listed
        if _made_by_pulumi(each) and (ending or "deletionTimestamp" not in each["metadata"])
    }


def _made_by_pulumi(thing: dict[str, Any]) -> bool:
    managers = [each["manager"] for each in thing["metadata"].get("managedFields", [])]
    return thing["kind"] == "Namespace" or any(manager.startswith("pulumi-kubernetes") for manager in managers)


def _id(metadata: dict[str, Any]) -> str:
    return "/".join(metadata[key] for key in ("namespace", "name") if key in metadata)
