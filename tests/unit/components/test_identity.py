"""The app is known to Kubernetes always, and to Google Cloud when it has something to do there."""

import pulumi

from components.identity import Identity
from settings.google import GoogleSettings
from tests.unit.recording import CLOUD, Recording, record

ROLES = ("roles/storage.objectViewer", "roles/spanner.databaseUser")
ACCOUNT = {
    "name": "projects/example-project/serviceAccounts/app@example.com",
    "email": "app@example.com",
    "member": "serviceAccount:app@example.com",
}


def deployed(*roles: str) -> Recording:
    def program() -> None:
        google = GoogleSettings(project="example-project", region="europe-west1")
        identity = Identity("i", {"name": "app", "namespace": "ns", "cluster": "c", "google": google, "roles": roles})
        pulumi.CustomResource("test:index:Probe", "probe", {"account": identity.account})

    return record(program, cloud={**CLOUD, "gcp:serviceaccount/account:Account": ACCOUNT})


def test_without_roles_nothing_is_made_at_google() -> None:
    assert [each.type for each in deployed().custom] == ["kubernetes:core/v1:ServiceAccount", "test:index:Probe"]
    assert "annotations" not in deployed().one("ServiceAccount").inputs["metadata"]


def test_pods_start_once_everything_is_granted() -> None:
    recorded = deployed(*ROLES)
    for each in recorded.custom:
        if each.type.startswith("gcp:"):
            assert recorded.one("Probe").urn in recorded.deleted_before(each)
