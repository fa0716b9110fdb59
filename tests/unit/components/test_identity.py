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


def test_pods_get_no_token_for_kubernetes() -> None:
    assert deployed().one("ServiceAccount").inputs["automountServiceAccountToken"] is False


def test_only_this_kubernetes_account_may_act_as_the_google_account() -> None:
    (member,) = [each for each in deployed(*ROLES).custom if each.type.startswith("gcp:serviceaccount/iAMMember")]
    assert member.inputs == {
        "serviceAccountId": ACCOUNT["name"],
        "role": "roles/iam.workloadIdentityUser",
        "member": "serviceAccount:example-project.svc.id.goog[ns/app]",
    }
    annotations = deployed(*ROLES).one("ServiceAccount").inputs["metadata"]["annotations"]
    assert annotations == {"iam.gke.io/gcp-service-account": "app@example.com"}


def test_each_role_is_granted_to_the_google_account() -> None:
    grants = [each.inputs for each in deployed(*ROLES).custom if each.type.startswith("gcp:projects/")]
    assert [(grant["role"], grant["member"]) for grant in grants] == [(role, ACCOUNT["member"]) for role in ROLES]


def test_a_grant_is_named_after_its_component_and_found_by_the_name_that_it_had_before() -> None:
    grants = [each for each in deployed(*ROLES).custom if each.type.startswith("gcp:projects/")]
    former = {each.name: [alias.spec.name for alias in each.request.aliases] for each in grants}
    assert former == {f"i-{role}": [role] for role in ROLES}


def test_pods_start_once_everything_is_granted() -> None:
    recorded = deployed(*ROLES)
    for each in recorded.custom:
        if each.type.startswith("gcp:"):
            assert recorded.one("Probe").urn in recorded.deleted_before(each)
