"""What there is of the dev stack."""

import json
from dataclasses import dataclass

from tests.e2e.conftest import Checkout
from tests.faults.interruption import state

NAMESPACE = "gke-webapp-dev"
KINDS = (
    "deployment,service,ingress,networkpolicy,secret,configmap,serviceaccount,"
    "managedcertificate,backendconfig,frontendconfig"
)


@dataclass(frozen=True)
class Inventory:
    """What there is of the stack, each list sorted: a thing made twice would be in it twice."""

    resources: list[str]
    google: list[str]
    objects: list[str]

    @classmethod
    def of(cls, checkout: Checkout) -> "Inventory":
        """What the state, Google and the cluster say; the state must be settled."""
        assert not state(checkout).with_suffix(".journal").exists()
        deployment = json.loads(state(checkout).read_text())["deployment"]
        assert not deployment["pending_operations"]
        assert not [entry["urn"] for entry in deployment["resources"] if entry.get("delete")]
        google = json.loads((checkout.home / "google.json").read_text())
        listed = checkout.objects(KINDS, "--namespace", NAMESPACE)
        return cls(
            sorted(entry["urn"] for entry in deployment["resources"]),
            sorted(name for name in google if NAMESPACE in name),
            sorted(f"{item['kind']}/{item['metadata']['name']}" for item in listed),
        )
