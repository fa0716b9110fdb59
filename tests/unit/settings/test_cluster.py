"""A cluster that Google would refuse, or that could not do its work, is refused with the reason."""

from typing import Any

import pulumi
import pytest

from settings.cluster import ClusterSettings
from settings.configuration import Credentials, load
from settings.existing import ExistingClusterSettings, GkeCluster, KubeconfigContext
from settings.stack import Settings
from tests.unit.recording import CANARY, PROJECT, record, stack_config

KEY = "projects/p/locations/europe-west4/keyRings/r/cryptoKeys/k"
FREEZE = {"start": "2026-11-20T00:00:00Z", "end": "2026-11-30T00:00:00Z"}


def loaded(cluster: dict[str, Any], **changes: Any) -> tuple[Settings, Credentials]:
    """Staging's settings, which are zonal, with another cluster, and other keys changed; None removes one."""
    cluster = cluster if "existing" in cluster else {"deletionProtection": False, **cluster}
    changed = {f"{PROJECT}:{key}": value for key, value in {"cluster": cluster, **changes}.items()}
    config = {key: value for key, value in {**stack_config("staging"), **changed}.items() if value is not None}
    secrets = {} if "registryToken" in changes else {f"{PROJECT}:registryToken": CANARY}
    found: list[tuple[Settings, Credentials]] = []
    record(
        lambda: found.append(load()),
        {key: value for key, value in config.items() if key not in secrets},
        secrets,
        stack="staging",
    )
    return found[0]


def refusal(cluster: dict[str, Any], **changes: Any) -> str:
    with pytest.raises(pulumi.RunError) as error:
        loaded(cluster, **changes)
    return str(error.value)


def pools(**settings: Any) -> dict[str, Any]:
    return {"nodePools": {"nodes": settings}}


@pytest.mark.parametrize(
    ("cluster", "key", "words"),
    [
        ({"autopilot": True, **pools()}, "cluster.nodePools", "refuses node pools"),
        ({"autopilot": True}, "google.zones", "chooses the zones itself"),
        ({"autopilot": True, "releaseChannel": "UNSPECIFIED"}, "cluster.releaseChannel", "always in a release channel"),
        (pools(autoRepair=False), "cluster.nodePools.nodes.autoRepair", "switches off autoRepair"),
        ({"version": "latest"}, "cluster.version", "such as 1.36"),
        (
            {"autopilot": True, "observability": {"managedPrometheus": False}},
            "cluster.observability.managedPrometheus",
            "Autopilot always",
        ),
        (pools(minimum=5, maximum=2), "cluster.nodePools.nodes.minimum", "Raise maximum"),
        (pools(machineType="large"), "cluster.nodePools.nodes.machineType", "e2-standard-2"),
        (pools(diskType="floppy"), "cluster.nodePools.nodes.diskType", "'pd-balanced'"),
        (pools(machineType="n4-standard-2"), "cluster.nodePools.nodes.diskType", "hyperdisk-balanced"),
        (pools(diskType="hyperdisk-balanced"), "cluster.nodePools.nodes.diskType", "pd-balanced"),
        (pools(labels={"cloud.google.com/x": "y"}), "cluster.nodePools.nodes.labels.cloud.google.com/x", "prefix"),
        (
            pools(machineType="n2-standard-2", diskType="hyperdisk-balanced"),
            "cluster.nodePools.nodes.diskType",
            "to pd-balanced",
        ),
        (
            pools(machineType="c3-standard-4", diskType="pd-standard"),
            "cluster.nodePools.nodes.diskType",
            "pd-balanced or pd-ssd",
        ),
        (pools(labels={"team": "a b"}), "cluster.nodePools.nodes.labels.team", "pattern"),
        (pools(taints=[{"key": "example.com/batch"}]), "cluster.nodePools", "without taints"),
        (pools(maximum=300), "network.pods", "network.pods (10.4.0.0/16) has addresses for 256."),
        ({"nodePools": {}}, "cluster.nodePools", "without taints"),
        ({"nodePools": {"A_pool": {}}}, "cluster.nodePools.A_pool", "15 lower-case"),
        ({"nodePools": {"sixteen-letters-": {}}}, "cluster.nodePools.sixteen-letters-", "15 lower-case"),
        (pools(machineType="t2a-standard-2"), "image.platform", "arm64"),
        ({"secretsEncryptionKey": "my-key"}, "cluster.secretsEncryptionKey", "keyRings"),
        ({"secretsEncryptionKey": KEY}, "cluster.secretsEncryptionKey", "Name a key in europe-west1"),
        ({"maintenance": {"hours": 2}}, "cluster.maintenance.hours", "at least 4"),
        ({"maintenance": {"days": ["SU"], "hours": 6}}, "cluster.maintenance.days", "12 hours a week"),
        ({"maintenance": {"days": []}}, "cluster.maintenance.days", "12 hours a week"),
        ({"maintenance": {"days": ["SUN"]}}, "cluster.maintenance.days[0]", "'SU'"),
        ({"maintenance": {"start": "25:00"}}, "cluster.maintenance.start", "pattern"),
        (
            {"maintenance": {"exclusions": {"sale": {**FREEZE, "end": FREEZE["start"]}}}},
            "cluster.maintenance.exclusions.sale.end",
            "later end",
        ),
        (
            {"maintenance": {"exclusions": dict.fromkeys("abcd", FREEZE)}},
            "cluster.maintenance.exclusions",
            "at most 3",
        ),
        (
            {"maintenance": {"exclusions": {"year": {**FREEZE, "end": "2027-11-20T00:00:00Z"}}}},
            "cluster.maintenance.exclusions.year.end",
            "at most 90",
        ),
        (
            {
                "releaseChannel": "UNSPECIFIED",
                "maintenance": {"exclusions": {"sale": {**FREEZE, "scope": "NO_MINOR_UPGRADES"}}},
            },
            "cluster.maintenance.exclusions.sale.scope",
            "only a release channel knows",
        ),
        ({"observability": {"logging": ["WORKLOADS"]}}, "cluster.observability.logging", "SYSTEM_COMPONENTS"),
        ({"existing": {"location": "europe-west1"}}, "cluster.existing.name", "Add the key"),
        ({"existing": {"name": "shared", "location": "Belgium"}}, "cluster.existing.location", "europe-west1-b"),
        ({"existing": {"name": "shared"}, "deletionProtection": True}, "cluster.deletionProtection", "no effect"),
        ({"existing": {"context": "shared", "name": "shared"}}, "cluster.existing.name", "no effect"),
        ({"existing": "shared"}, "cluster.existing", "mapping"),
    ],
)
def test_an_impossible_cluster_is_refused_by_key_with_the_reason(cluster: dict[str, Any], key: str, words: str) -> None:
    text = refusal(cluster)
    assert text.count(f"\n  {PROJECT}:{key} = ") == 1
    assert words in text


def test_a_subnet_too_small_for_the_nodes_is_refused() -> None:
    text = refusal(pools(maximum=4), network={"nodes": "10.0.0.0/29"})
    assert "may grow to 5 nodes" in text
    assert "network.nodes (10.0.0.0/29) has addresses for 4." in text


def test_a_pool_may_belong_to_a_compute_class() -> None:
    key = "cloud.google.com/compute-class"
    chosen = loaded({"nodePools": {"nodes": {}, "fast": {"labels": {key: "fast"}, "taints": [{"key": key}]}}})[
        0
    ].cluster
    assert isinstance(chosen, ClusterSettings)
    assert chosen.node_pools["fast"].taints[0].key == key


def test_metrics_that_nobody_would_collect_are_refused() -> None:
    text = refusal({"observability": {"managedPrometheus": False}}, workload={"metricsPort": 9090})
    assert f"\n  {PROJECT}:workload.metricsPort = " in text
    assert "Remove metricsPort" in text


def test_more_authorized_networks_than_gke_takes_are_refused() -> None:
    networks = {f"office-{n}": f"198.51.{n}.0/24" for n in range(101)}
    assert "at most 100" in refusal({"authorizedNetworks": networks})


def test_all_of_the_internet_in_parts_is_all_of_it() -> None:
    halves = {"low": "0.0.0.0/1", "high": "128.0.0.0/1"}
    assert "anyone on the internet" in refusal({"authorizedNetworks": halves})


def test_google_roles_need_a_cluster_with_workload_identity() -> None:
    roles = {"googleRoles": ["roles/storage.objectViewer"]}
    assert "no Workload Identity pool" in refusal({"existing": {"context": "shared"}}, workload=roles)
    loaded({"existing": {"name": "shared"}}, workload=roles)


def test_a_network_has_no_meaning_for_an_existing_cluster() -> None:
    assert "no effect" in refusal({"existing": {"name": "shared"}}, network={"nodes": "10.1.0.0/20"})


def test_the_stack_file_alone_decides_which_kind_of_cluster_there_is() -> None:
    def chosen(cluster: dict[str, Any]) -> Any:
        return loaded(cluster, google={"project": "example-project", "region": "europe-west1"})[0].cluster

    assert isinstance(chosen({}), ClusterSettings)
    assert chosen({"autopilot": True}).autopilot
    gke = chosen({"existing": {"name": "shared"}})
    assert isinstance(gke, ExistingClusterSettings)
    assert gke.existing == GkeCluster(name="shared")
    assert chosen({"existing": {"context": "shared"}}).existing == KubeconfigContext(context="shared")


def test_exclusions_are_told_to_google_in_utc() -> None:
    local = {"start": "2026-11-20T00:00:00+01:00", "end": "2026-11-30T00:00:00+01:00"}
    settings, _ = loaded({"maintenance": {"exclusions": {"sale": local}}})
    assert isinstance(settings.cluster, ClusterSettings)
    assert settings.cluster.maintenance is not None
    assert settings.cluster.maintenance.policy["maintenanceExclusions"] == [
        {
            "exclusionName": "sale",
            "startTime": "2026-11-19T23:00:00Z",
            "endTime": "2026-11-29T23:00:00Z",
            "exclusionOptions": {"scope": "NO_UPGRADES"},
        }
    ]


ARTIFACTS = {"repository": "europe-west1-docker.pkg.dev/example-project/apps/app"}
DIGEST = f"sha256:{'5' * 64}"


def test_artifact_registry_needs_no_token_and_gives_none_to_the_nodes() -> None:
    settings, credentials = loaded({}, image=ARTIFACTS, registryUsername=None, registryToken=None)
    assert settings.image.artifact_repository == ("europe-west1", "example-project", "apps")
    assert (credentials.push, credentials.pull) == (None, None)


def test_a_token_for_artifact_registry_is_used_to_push_alone() -> None:
    _, credentials = loaded({}, image=ARTIFACTS, registryUsername=None)
    assert credentials.push is not None
    assert credentials.push.username == "oauth2accesstoken"
    assert credentials.pull is None


def test_any_other_registry_needs_user_and_token() -> None:
    assert f"{PROJECT}:registryUsername = " in refusal({}, registryUsername="")
    assert f"{PROJECT}:registryToken = [missing]" in refusal({}, registryToken=None)


@pytest.mark.parametrize(
    ("image", "key", "words"),
    [
        ({"repository": "europe-docker.pkg.dev/example-project/app"}, "image.repository", "PROJECT/REPOSITORY/IMAGE"),
        ({"repository": "ghcr.io/a/b", "createRepository": False}, "image.createRepository", "Remove createRepository"),
        (
            {"repository": "europe-docker.pkg.dev/example-project/app/app", "promotedFrom": "dev"},
            "image.createRepository",
            "Set createRepository to false",
        ),
        ({"repository": "ghcr.io/a/b", "digest": "latest"}, "image.digest", "64 hexadecimal"),
        ({"repository": "ghcr.io/a/b", "platform": "linux/arm64"}, "image.platform", "amd64"),
        ({"repository": "ghcr.io/a/b", "platform": "windows/amd64"}, "image.platform", "'linux/amd64'"),
    ],
)
def test_an_image_that_cannot_be_deployed_is_refused(image: dict[str, Any], key: str, words: str) -> None:
    text = refusal({}, image=image)
    assert "has 1 mistake," in text
    assert f"\n  {PROJECT}:{key} = " in text
    assert words in text


def test_a_given_digest_can_be_deployed_by_who_may_only_pull() -> None:
    found: list[Credentials] = []
    config = {**stack_config("dev"), f"{PROJECT}:image": {"repository": "ghcr.io/a/b", "digest": DIGEST}}
    secrets = {f"{PROJECT}:pullToken": "read-only"}
    record(
        lambda: found.append(load()[1]), {key: value for key, value in config.items() if key not in secrets}, secrets
    )
    assert found[0].push is None
    assert found[0].pull is not None
