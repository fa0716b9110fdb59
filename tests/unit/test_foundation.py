"""Whatever a stack stands on, the graph keeps its rules."""

from typing import Any

import pulumi
import pytest

from components.promotion import PromotionArgs, tried
from tests.unit.recording import CLOUD, PROJECT, Recording, record_stack

CLUSTER = "gcp:container/cluster:Cluster"
ARTIFACTS = "europe-west1-docker.pkg.dev/example-project/apps/app"
REGIONAL = {"project": "example-project", "region": "europe-west1"}

VARIANTS: dict[str, dict[str, Any]] = {
    "autopilot": {"google": REGIONAL, "cluster": {"deletionProtection": False, "autopilot": True}},
    "gke": {"cluster": {"existing": {"name": "shared", "location": "europe-west4"}}},
    "context": {"cluster": {"existing": {"context": "shared"}}},
    "pools": {"cluster": {"deletionProtection": False, "maintenance": {}, "nodePools": {"a": {}, "b": {"spot": True}}}},
    "artifacts": {"image": {"repository": ARTIFACTS}},
    "elsewhere": {"image": {"repository": ARTIFACTS, "createRepository": False}},
    "digest": {"image": {"repository": "ghcr.io/example/gke-webapp/app", "digest": f"sha256:{'5' * 64}"}},
    "promoted": {},
    "cache": {"image": {"repository": "ghcr.io/example/gke-webapp/app", "cacheFrom": ["ghcr.io/example/app:main"]}},
}


TRIED = f"ghcr.io/example/gke-webapp/app@sha256:{'7' * 64}"
REFERENCE = "pulumi:pulumi:StackReference"
ADDED: dict[str, dict[str, Any]] = {
    "gke": {CLUSTER: {**CLOUD[CLUSTER], "name": "shared"}},
    "promoted": {REFERENCE: {"outputs": {"image": TRIED}, "secretOutputNames": []}},
}


def deployed(variant: str, **options: Any) -> Recording:
    changes = {f"{PROJECT}:{key}": value for key, value in VARIANTS[variant].items()}
    known = {**CLOUD, **ADDED.get(variant, {})}
    # Nothing promotes to dev, whose image is the one that staging is given.
    stack = "staging" if variant == "promoted" else "dev"
    return record_stack(stack, changes, None, **{"cloud": known, **options})


@pytest.fixture(params=VARIANTS)
def variant(request: pytest.FixtureRequest) -> Recording:
    return deployed(request.param)


def test_every_kubernetes_object_is_gone_before_what_it_runs_on(variant: Recording) -> None:
    objects = {each.urn for each in variant.custom if each.type.startswith("kubernetes:")}
    for kind in ("NodePool", "RouterNat", "IAMMember"):
        for each in variant.of(kind):
            assert objects <= variant.deleted_before(each), each.urn
    for each in variant.custom:
        if each.type == CLUSTER:
            assert objects <= variant.deleted_before(each)


@pytest.mark.parametrize("name", [name for name in VARIANTS if name not in ADDED])
def test_a_first_preview_needs_nothing_from_the_cloud(name: str) -> None:
    preview = deployed(name, preview=True, cloud={})
    assert {each.urn for each in preview.registered} == {each.urn for each in deployed(name).registered}


@pytest.mark.parametrize("name", ["gke", "context"])
def test_beside_an_existing_cluster_no_network_cluster_or_node_is_created(name: str) -> None:
    made = {each.type for each in deployed(name).custom if each.type.startswith("gcp:")}
    assert made == {"gcp:compute/globalAddress:GlobalAddress", "gcp:compute/sSLPolicy:SSLPolicy"}


ROLES = {"workload": {"googleRoles": ["roles/storage.objectViewer"]}}


def with_roles(**changes: Any) -> Recording:
    return record_stack("dev", {f"{PROJECT}:{key}": value for key, value in {**ROLES, **changes}.items()})


def test_an_app_with_google_roles_finds_google_s_apis_before_it_has_its_account() -> None:
    graph = with_roles()
    assert graph.one("Deployment").urn in graph.deleted_before(graph.one("ManagedZone"))
    for record in graph.of("RecordSet"):
        assert graph.one("Deployment").urn in graph.deleted_before(record)
    assert graph.one("ManagedZone").urn in graph.deleted_before(graph.one("Network"))


def test_without_google_roles_the_network_s_dns_is_left_alone() -> None:
    assert record_stack("dev").of("ManagedZone") == []


def test_the_dns_of_an_existing_cluster_is_left_to_its_owner() -> None:
    assert with_roles(**VARIANTS["gke"]).of("ManagedZone") == []


def test_a_context_is_in_the_command_that_the_outputs_tell() -> None:
    outputs = deployed("context").outputs
    assert outputs["cluster"] == "shared"
    assert outputs["kubectl"].startswith("kubectl --context shared --namespace ")


@pytest.mark.parametrize("name", ["artifacts", "elsewhere"])
def test_images_of_artifact_registry_need_no_pull_secret(name: str) -> None:
    graph = deployed(name)
    assert graph.of("Secret") == []
    assert "imagePullSecrets" not in graph.one("Deployment").inputs["spec"]["template"]["spec"]


def test_an_image_is_pushed_once_its_repository_is_there_and_readable() -> None:
    graph = deployed("artifacts")
    assert graph.one("Image").urn in graph.deleted_before(graph.one("Repository"))
    assert graph.one("Deployment").urn in graph.deleted_before(graph.one("RepositoryIamMember"))


def test_a_repository_of_another_stack_is_read_and_not_created() -> None:
    graph = deployed("elsewhere")
    assert graph.of("Repository") == []
    assert graph.one("RepositoryIamMember").inputs["repository"].endswith("/repositories/apps")


def test_a_given_digest_is_deployed_and_nothing_is_built() -> None:
    graph = deployed("digest")
    assert graph.of("Image") == []
    assert not [each for each in graph.registered if each.type == "pulumi:providers:docker"]
    image = graph.one("Deployment").inputs["spec"]["template"]["spec"]["containers"][0]["image"]
    assert image == graph.outputs["image"] == f"ghcr.io/example/gke-webapp/app@sha256:{'5' * 64}"


def test_a_promoted_image_is_the_one_that_the_other_stack_runs_and_nothing_is_built() -> None:
    graph = deployed("promoted")
    assert f"organization/{PROJECT}/dev" in graph.read
    assert graph.of("Image") == []
    assert graph.outputs["image"] == TRIED


@pytest.mark.parametrize(
    ("digest", "image", "words"),
    [
        (f"sha256:{'8' * 64}", TRIED, "nobody has tried this one"),
        (None, None, "Bring staging up first"),
        (None, TRIED.replace("gke-webapp", "other"), "Name the same image.repository in both"),
    ],
)
def test_what_the_other_stack_has_not_run_is_refused(digest: str | None, image: str | None, words: str) -> None:
    args: PromotionArgs = {"stack": "staging", "repository": TRIED.partition("@")[0], "digest": digest}
    with pytest.raises(pulumi.RunError, match=words):
        tried(args, image)
