"""What the workflows get, and nothing beyond it."""

import re
from typing import Any

import pulumi
import pytest
import yaml

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


JOBS: dict[str, tuple[dict[str, str], set[str]]] = {
    "a pull request": ({"ref": "refs/pull/7/merge"}, set()),
    "a pull request past the rules of preview-dev": (
        {"ref": "refs/pull/7/merge", "environment": "preview-dev"},
        {"preview-dev"},
    ),
    "a pull request past the rules of preview-prod": (
        {"ref": "refs/pull/7/merge", "environment": "preview-prod"},
        {"preview-prod"},
    ),
    "a branch that names the environment of a deployment": ({"ref": "refs/heads/x", "environment": "prod"}, set()),
    "a branch whose name ends like the deployed one's": ({"ref": "refs/heads/refs/heads/main"}, set()),
    "the deployed branch": ({"ref": "refs/heads/main"}, {f"preview-{stack}" for stack in STACKS}),
    "the deployed branch past the rules of prod": (
        {"ref": "refs/heads/main", "environment": "prod"},
        {"deploy-prod", *(f"preview-{stack}" for stack in STACKS)},
    ),
}
"""What GitHub says of a job, and the accounts that it can act as."""


def accounts(graph: Recording, claims: dict[str, str]) -> set[str]:
    """Accounts that a job may act as, by the recorded mapping of its claims and the recorded bindings."""
    mapping = graph.one("WorkloadIdentityPoolProvider").inputs["attributeMapping"]
    claims = {"sub": "", "repository_id": "123456789", "repository_owner_id": "1234567", **claims}
    principals = {
        f"principalSet://iam.googleapis.com/{POOL}/{name}/{value}"
        for name, expression in mapping.items()
        if name.startswith("attribute.") and (value := attribute(expression, claims))
    }
    return {
        each.request.parent.rpartition("::")[2]
        for each in graph.custom
        if each.type.startswith("gcp:serviceaccount/iAMMember") and each.inputs["member"] in principals
    }


def attribute(expression: str, claims: dict[str, str]) -> str:
    """The value of an expression in Google's CEL, as far as ours go: `condition ? claim : ''`, or just a claim."""
    condition, _, rest = expression.rpartition(" ? ")
    claim, _, otherwise = rest.partition(" : ")
    for term in condition.split(" && ") if condition else ():
        compared = re.fullmatch(r"assertion\.(\w+) == '([^']*)'", term)
        present = re.fullmatch(r"has\(assertion\.(\w+)\)", term)
        assert compared or present, term
        if not (claims.get(compared[1]) == compared[2] if compared else bool(present and present[1] in claims)):
            return otherwise.strip("'")
    return claims[claim.removeprefix("assertion.")]


@pytest.mark.parametrize("job", JOBS)
def test_a_job_acts_as_the_accounts_whose_rules_it_has_passed_and_no_other(graph: Recording, job: str) -> None:
    claims, allowed = JOBS[job]
    assert accounts(graph, claims) == allowed


def secrets_read(graph: Recording, account: str) -> tuple[set[str], set[str]]:
    """Projects whose clusters' Secrets an account reads, and stacks whose secrets it decrypts in their state."""
    roles = {
        each.inputs["roleId"]: each.inputs["project"]
        for each in graph.of("IAMCustomRole")
        if each.request.parent.endswith(f"::{account}") and "container.secrets.get" in each.inputs["permissions"]
    }
    keys = {
        each.name.removesuffix(f"-{account}")
        for each in graph.of("CryptoKeyIAMMember")
        if each.name.endswith(f"-{account}") and each.inputs["role"].startswith("roles/cloudkms.cryptoKey")
    }
    return set(roles.values()), keys


def test_a_preview_reads_the_secrets_of_its_stack_and_of_the_one_it_is_promoted_from(graph: Recording) -> None:
    read = {stack: secrets_read(graph, f"preview-{stack}") for stack in STACKS}
    assert read == {
        "dev": ({"example-project"}, {"dev"}),
        "staging": ({"example-staging"}, {"staging", "dev"}),
        "prod": ({"example-production"}, {"prod", "staging"}),
    }


@pytest.mark.parametrize("environment", [None, "preview-dev", "preview-staging", "prod", "staging"])
def test_a_pull_request_that_nobody_approved_for_prod_reads_no_secret_of_prod(
    graph: Recording, environment: str | None
) -> None:
    claims = {"ref": "refs/pull/7/merge", **({"environment": environment} if environment else {})}
    for account in accounts(graph, claims):
        projects, keys = secrets_read(graph, account)
        assert "example-production" not in projects
        assert "prod" not in keys
        assert not {role for where, role in granted(graph, account) if where == "example-production"}


def test_a_deployment_needs_its_environment_on_the_deployed_branch(graph: Recording) -> None:
    members = {
        each.request.parent.rpartition("::")[2]: each.inputs["member"]
        for each in graph.custom
        if each.type.startswith("gcp:serviceaccount/iAMMember")
    }
    for stack in STACKS:
        assert members[f"deploy-{stack}"].endswith(f"/attribute.deploys/{stack}")
    mapping = graph.one("WorkloadIdentityPoolProvider").inputs["attributeMapping"]["attribute.deploys"]
    assert mapping == "assertion.ref == 'refs/heads/main' && has(assertion.environment) ? assertion.environment : ''"


def test_no_account_owns_or_edits_a_whole_project(graph: Recording) -> None:
    roles = {
        role for stack in STACKS for work in ("preview", "deploy") for _, role in granted(graph, f"{work}-{stack}")
    }
    assert roles and not roles & {"roles/owner", "roles/editor"}


def test_a_deployer_reaches_the_project_of_its_stack_alone(graph: Recording) -> None:
    for stack in STACKS:
        project = stack_config(stack)["gke-webapp:google"]["project"]
        assert {where for where, _ in granted(graph, f"deploy-{stack}")} == {project}


def test_a_deployer_lets_its_nodes_read_the_images_that_another_project_has(graph: Recording) -> None:
    built_in = stack_config("dev")["gke-webapp:google"]["project"]
    (role,) = [each for each in graph.of("IAMCustomRole") if each.name.startswith("images-")]
    assert role.inputs["project"] == built_in
    assert {each.rpartition(".")[2] for each in role.inputs["permissions"]} == {"getIamPolicy", "setIamPolicy"}
    grants = {each.name: each.inputs["project"] for each in graph.of("IAMMember") if each.name.startswith("images-")}
    names = {f"images-{built_in}-{work}{stack}" for work in ("", "preview-") for stack in ("staging", "prod")}
    assert grants == dict.fromkeys(names, built_in)


def test_stacks_that_promote_in_a_circle_are_refused() -> None:
    circle = {f"{PROJECT}:promotedFrom": {"prod": "staging", "staging": "prod"}}
    with pytest.raises(pulumi.RunError, match="none of these stacks builds an image"):
        record_program(BOOTSTRAP, "main", circle, cloud=CLOUD)


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


def test_a_pull_request_s_preview_has_no_right_to_change_anything(graph: Recording) -> None:
    roles = {role for stack in STACKS for _, role in granted(graph, f"preview-{stack}")}
    roles |= {each.inputs["role"] for each in graph.of("IAMMember") if "-preview-" in each.name}
    assert [role for role in roles if not role.lower().endswith(("viewer", "reader", "reviewer", "_preview"))] == []
    own = [each for each in graph.of("IAMCustomRole") if "::preview-" in each.request.parent]
    for each in own:
        assert [name for name in each.inputs["permissions"] if not name.endswith((".get", ".list"))] == []
    assert len(own) == len(STACKS)
    on_bucket = [each.inputs["role"] for each in graph.of("BucketIAMMember") if each.name.startswith("preview")]
    assert set(on_bucket) == {"roles/storage.objectViewer"}


def test_a_deployer_removes_what_it_made_and_looks_for_what_is_left(graph: Recording) -> None:
    for stack in STACKS:
        roles = {role for _, role in granted(graph, f"deploy-{stack}")}
        assert {"roles/certificatemanager.owner", "roles/compute.viewer"} <= roles


def test_two_stacks_may_share_a_project() -> None:
    config = {f"{PROJECT}:stacks": dict.fromkeys(("dev", "qa"), "example-project"), f"{PROJECT}:promotedFrom": {}}
    urns = [each.urn for each in record_program(BOOTSTRAP, "main", config, cloud=CLOUD).registered]
    assert len(urns) == len(set(urns))


def test_state_and_keys_are_protected_versioned_and_closed_to_the_public(graph: Recording) -> None:
    bucket = graph.one("Bucket")
    assert bucket.inputs["publicAccessPrevention"] == "enforced"
    assert bucket.inputs["versioning"] == {"enabled": True}
    assert len(graph.of("CryptoKey")) == len(STACKS)
    for each in (bucket, graph.one("KeyRing"), *graph.of("CryptoKey")):
        assert each.request.protect


def test_a_deployer_writes_the_state_of_its_stack_alone(graph: Recording) -> None:
    written = {
        each.name: each.inputs for each in graph.of("BucketIAMMember") if each.inputs["role"].endswith(".objectUser")
    }
    assert written.keys() == {f"deploy-{stack}-{stack}" for stack in STACKS}
    for stack in STACKS:
        paths = re.findall(r"'([^']+)'", written[f"deploy-{stack}-{stack}"]["condition"]["expression"])
        state = f"projects/_/buckets/example-automation-pulumi/objects/.pulumi/stacks/gke-webapp/{stack}"
        for file in (f"{state}.json", f"{state}.json.bak", f"{state}.pulumi-tags"):
            assert file.startswith(tuple(paths))
        assert [path for path in paths if not path.endswith((f"/gke-webapp/{stack}.", f"/gke-webapp/{stack}/"))] == []


def test_secrets_are_decrypted_by_the_preview_the_stack_s_deployer_and_the_one_that_promotes_from_it(
    graph: Recording,
) -> None:
    roles = {each.name: each.inputs["role"].rpartition("cryptoKey")[2] for each in graph.of("CryptoKeyIAMMember")}
    own = {f"{stack}-deploy-{stack}": "EncrypterDecrypter" for stack in STACKS}
    previews = {f"{stack}-preview-{stack}": "Decrypter" for stack in STACKS}
    promotions = {
        f"{source}-{work}-{to}": "Decrypter"
        for to, source in (("staging", "dev"), ("prod", "staging"))
        for work in ("deploy", "preview")
    }
    assert roles == own | previews | promotions


def test_promotions_are_those_of_the_stack_files() -> None:
    stated = {stack: stack_config(stack)["gke-webapp:image"].get("promotedFrom") for stack in STACKS}
    promotions = {stack: source for stack, source in stated.items() if source}
    assert (
        yaml.safe_load((BOOTSTRAP / "Pulumi.main.yaml").read_text())["config"][f"{PROJECT}:promotedFrom"] == promotions
    )


def test_every_mistake_of_the_stack_file_is_told() -> None:
    changes = {f"{PROJECT}:repositoryId": "example/gke-webapp", f"{PROJECT}:stacks": {"a-long-stack-name": "p"}}
    with pytest.raises(pulumi.RunError) as error:
        record_program(BOOTSTRAP, "main", changes, cloud=CLOUD)
    text = str(error.value)
    assert text.startswith("Pulumi.main.yaml has 2 mistakes")
    assert "gh api repos/OWNER/NAME" in text
    assert "stacks.a-long-stack-name" in text


@pytest.mark.parametrize("stack", ["Dev", "dev_x", "dev.1", "dev-"])
def test_a_stack_that_no_account_could_be_named_after_is_refused(stack: str) -> None:
    with pytest.raises(pulumi.RunError, match="inner hyphens"):
        record_program(BOOTSTRAP, "main", {f"{PROJECT}:stacks": {stack: "example-project"}}, cloud=CLOUD)


def test_no_stack_lives_where_the_accounts_of_the_others_are() -> None:
    changes = {f"{PROJECT}:stacks": {"dev": "example-automation", "staging": "example-staging", "prod": "example-prod"}}
    with pytest.raises(pulumi.RunError, match="dev lives in example-automation"):
        record_program(BOOTSTRAP, "main", changes, cloud=CLOUD)


def test_a_promotion_names_stacks_that_are_deployed() -> None:
    with pytest.raises(pulumi.RunError, match="promotedFrom names qa: no account deploys such a stack"):
        record_program(BOOTSTRAP, "main", {f"{PROJECT}:promotedFrom": {"prod": "qa"}}, cloud=CLOUD)
