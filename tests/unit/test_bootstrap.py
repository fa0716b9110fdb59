"""What the workflows get, and nothing beyond it."""

from typing import Any

import pulumi
import pytest

from settings.preview_access import KINDS, permissions
from tests.unit import properties
from tests.unit.conftest import STACKS, recorded
from tests.unit.recording import REPOSITORY, Recording, record_program, stack_config

BOOTSTRAP = REPOSITORY / "bootstrap"
PROJECT = "gke-webapp-bootstrap"
POOL = "projects/1/locations/global/workloadIdentityPools/github"
CLOUD: dict[str, dict[str, Any]] = {
    "gcp:iam/workloadIdentityPool:WorkloadIdentityPool": {"name": POOL},
    "gcp:iam/workloadIdentityPoolProvider:WorkloadIdentityPoolProvider": {
        "name": f"{POOL}/providers/github",
        "state": "ACTIVE",
    },
    "gcp:projects/iAMCustomRole:IAMCustomRole": {"name": "projects/example/roles/gke_webapp_preview"},
}


@pytest.fixture(scope="module")
def graph() -> Recording:
    return record_program(BOOTSTRAP, "main", cloud=CLOUD)


def granted(graph: Recording, account: str) -> set[tuple[str, str]]:
    """Project and role of each grant of an automation's account."""
    return {
        (each.inputs["project"], each.inputs["role"])
        for each in graph.of("IAMMember")
        if each.type.startswith("gcp:projects/") and each.request.parent.endswith(f"::{account}")
    }


def test_only_jobs_of_the_repository_by_its_number_sign_in(graph: Recording) -> None:
    condition = graph.one("WorkloadIdentityPoolProvider").inputs["attributeCondition"]
    assert condition == "assertion.repository_id == '123456789' && assertion.repository_owner_id == '1234567'"


def test_no_key_is_made_for_any_account(graph: Recording) -> None:
    assert not [each for each in graph.custom if "key:Key" in each.type and "serviceaccount" in each.type.lower()]
    assert {
        each.inputs["member"].split(":")[0]
        for each in graph.custom
        if each.type.endswith(":IAMMember") and each.type.startswith("gcp:serviceaccount/")
    } == {"principalSet"}


def test_a_pull_request_may_preview_and_never_deploy(graph: Recording) -> None:
    members = {
        each.request.parent.rpartition("::")[2]: each.inputs["member"]
        for each in graph.custom
        if each.type.startswith("gcp:serviceaccount/iAMMember")
    }
    assert members["preview"].endswith("/attribute.repository_id/123456789")
    for stack in STACKS:
        assert members[f"deploy-{stack}"].endswith(f"/attribute.deploys/{stack}")
    mapping = graph.one("WorkloadIdentityPoolProvider").inputs["attributeMapping"]["attribute.deploys"]
    assert mapping == "assertion.ref == 'refs/heads/main' && has(assertion.environment) ? assertion.environment : ''"


def test_no_account_owns_or_edits_a_whole_project(graph: Recording) -> None:
    roles = {
        role for account in ("preview", *(f"deploy-{stack}" for stack in STACKS)) for _, role in granted(graph, account)
    }
    assert roles and not roles & {"roles/owner", "roles/editor"}


def test_a_deployer_reaches_the_project_of_its_stack_alone(graph: Recording) -> None:
    for stack in STACKS:
        project = stack_config(stack)["gke-webapp:google"]["project"]
        assert {where for where, _ in granted(graph, f"deploy-{stack}")} == {project}


def test_a_deployer_grants_no_role_but_those_listed(graph: Recording) -> None:
    for each in graph.of("IAMMember"):
        if each.inputs.get("role") == "roles/resourcemanager.projectIamAdmin":
            assert each.inputs["condition"]["expression"].endswith(
                ".hasOnly(['roles/container.defaultNodeServiceAccount'])"
            )


def test_what_the_stacks_grant_is_what_their_deployers_may_grant() -> None:
    for stack in STACKS:
        for each in recorded(stack).of("IAMMember"):
            if each.type.startswith("gcp:projects/"):
                assert each.inputs["role"] == "roles/container.defaultNodeServiceAccount"


def test_the_preview_s_rights_in_the_cluster_are_those_of_the_kinds_in_the_graphs(graph: Recording) -> None:
    kinds = {
        each.type.rpartition(":")[2]
        for stack in STACKS
        for each in recorded(stack).custom
        if each.type.startswith("kubernetes:")
    }
    assert kinds == set(KINDS), "list them in settings/preview_access.py"
    for role in graph.of("IAMCustomRole"):
        assert role.inputs["permissions"] == permissions()
    assert len(graph.of("IAMCustomRole")) == len(STACKS)


def test_state_and_key_are_protected_versioned_and_closed_to_the_public(graph: Recording) -> None:
    bucket = graph.one("Bucket")
    assert bucket.inputs["publicAccessPrevention"] == "enforced"
    assert bucket.inputs["versioning"] == {"enabled": True}
    for kind in ("Bucket", "KeyRing", "CryptoKey"):
        assert graph.one(kind).request.protect


def test_the_preview_reads_the_state_and_writes_nothing(graph: Recording) -> None:
    roles = {each.name: each.inputs["role"] for each in graph.of("BucketIAMMember")}
    assert roles["preview"] == "roles/storage.objectViewer"
    assert {roles[f"deploy-{stack}"] for stack in STACKS} == {"roles/storage.objectUser"}


def test_every_property_has_the_name_that_its_api_gives_it(graph: Recording) -> None:
    for each in graph.custom:
        assert each.provider, each.urn
        assert properties.unknown(each.type, each.inputs) == [], each.urn


def test_every_mistake_of_the_stack_file_is_told() -> None:
    changes = {f"{PROJECT}:repositoryId": "example/gke-webapp", f"{PROJECT}:stacks": {"a-long-stack-name": "p"}}
    with pytest.raises(pulumi.RunError) as error:
        record_program(BOOTSTRAP, "main", changes, cloud=CLOUD)
    text = str(error.value)
    assert text.startswith("Pulumi.main.yaml has 2 mistakes")
    assert "gh api repos/OWNER/NAME" in text
    assert "stacks.a-long-stack-name" in text
