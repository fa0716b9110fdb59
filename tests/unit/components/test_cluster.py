"""The cluster is closed by default, and known to others once it has nodes."""

from typing import Any

import pulumi
import pytest

from components.cluster import Cluster
from settings.cluster import ClusterSettings
from settings.google import GoogleSettings
from tests.unit.recording import CLOUD, Recording, record

TOKEN = "gcp:container/cluster:Cluster"
DNS_NAME = "gke-0123456789-1.europe-west1.gke.goog"


def deployed(
    cluster: dict[str, Any] | None = None,
    zones: tuple[str, ...] = (),
    cloud: dict[str, Any] | None = None,
) -> Recording:
    """A cluster, and a probe that uses its outputs; `cloud` is what Google adds to the cluster."""

    def program() -> None:
        nat = pulumi.CustomResource("test:index:Nat", "nat", {})
        made = Cluster(
            "c",
            {
                "name": "app",
                "google": GoogleSettings.model_validate(
                    {"project": "example-project", "region": "europe-west1", "zones": zones}
                ),
                "cluster": ClusterSettings.model_validate({"deletionProtection": True, **(cluster or {})}),
                "network": "network",
                "subnetwork": "subnetwork",
                "nat": nat,
                "node_account": "nodes@example.com",
            },
        )
        outputs = {"name": made.name, "identifier": made.identifier, "endpoint": made.endpoint}
        pulumi.CustomResource("test:index:Probe", "probe", outputs)

    return record(program, cloud={**CLOUD, TOKEN: {**CLOUD[TOKEN], **(cloud or {})}})


def by_dns(open_to_users: bool) -> dict[str, Any]:
    endpoint = {"endpoint": DNS_NAME, "allowExternalTraffic": open_to_users}
    return {"controlPlaneEndpointsConfig": {"dnsEndpointConfig": endpoint}}


def test_the_pool_that_gke_makes_first_is_as_closed_as_the_own_and_small_and_changes_nothing_later() -> None:
    made = deployed()
    node, own = made.one("Cluster").inputs["nodeConfig"], made.one("NodePool").inputs["nodeConfig"]
    assert {key: node[key] for key in node if node[key] != own[key]} == {
        "machineType": "e2-medium",
        "diskType": "pd-standard",
        "diskSizeGb": 20,
    }
    assert "nodeConfig" in made.one("Cluster").request.ignoreChanges


def test_without_authorized_networks_only_the_dns_name_leads_to_the_control_plane() -> None:
    inputs = deployed().one("Cluster").inputs
    assert inputs["controlPlaneEndpointsConfig"] == {
        "dnsEndpointConfig": {"allowExternalTraffic": True},
        "ipEndpointsConfig": {"enabled": False},
    }
    assert "masterAuthorizedNetworksConfig" not in inputs


@pytest.mark.parametrize(
    ("zones", "pool", "per_zone"),
    [
        (("europe-west1-b",), {"minimum": 3}, 3),
        (("europe-west1-b", "europe-west1-c", "europe-west1-d"), {"minimum": 3, "maximum": 9}, 1),
        (("europe-west1-b", "europe-west1-c"), {"minimum": 3, "maximum": 9}, 2),
        (("europe-west1-b", "europe-west1-c"), {"minimum": 3, "maximum": 3}, 1),
        ((), {"minimum": 4, "maximum": 9}, 2),
        ((), {"minimum": 0}, 0),
    ],
)
def test_a_node_pool_begins_with_its_minimum_spread_over_the_zones(
    zones: tuple[str, ...], pool: dict[str, int], per_zone: int
) -> None:
    assert deployed({"nodePools": {"nodes": pool}}, zones).one("NodePool").inputs["initialNodeCount"] == per_zone


def test_another_minimum_does_not_replace_a_node_pool() -> None:
    """Another initial number of nodes would."""
    assert "initialNodeCount" in deployed().one("NodePool").request.ignoreChanges


def test_nodes_of_another_kind_are_a_pool_of_another_name_that_stands_before_the_old_one_goes() -> None:
    before, after = (deployed({"nodePools": {"nodes": {"spot": spot}}}).one("NodePool") for spot in (False, True))
    assert before.urn == after.urn
    assert before.inputs["name"] != after.inputs["name"]
    assert after.request.deleteBeforeReplaceDefined
    assert not after.request.deleteBeforeReplace


def test_a_pool_keeps_its_name_until_something_else_replaces_it() -> None:
    assert "name" in deployed().one("NodePool").request.ignoreChanges


def test_a_pool_that_goes_lets_its_pods_go_as_their_disruption_budgets_allow() -> None:
    pool = deployed().one("NodePool")
    assert pool.inputs["nodeDrainConfigs"] == [{"respectPdbDuringNodePoolDeletion": True}]
    # GKE waits up to an hour for the budgets of a node's pods.
    assert pool.request.customTimeouts.delete == pool.request.customTimeouts.update == "3h"


def test_who_uses_the_cluster_needs_all_of_its_node_pools() -> None:
    cluster = deployed({"nodePools": {"nodes": {}, "spot": {"spot": True}}})
    assert {pool.urn for pool in cluster.of("NodePool")} <= cluster.one("Probe").needs


def test_another_node_pool_leaves_the_first_one_alone() -> None:
    (before,) = deployed().of("NodePool")
    after, _ = deployed({"nodePools": {"nodes": {}, "spot": {"spot": True}}}).of("NodePool")
    assert (after.urn, after.inputs) == (before.urn, before.inputs)


def test_nodes_exist_only_while_they_have_a_way_out() -> None:
    cluster = deployed()
    assert cluster.one("NodePool").urn in cluster.deleted_before(cluster.one("Nat"))


def test_who_uses_the_cluster_needs_its_nodes() -> None:
    cluster = deployed()
    assert cluster.one("NodePool").urn in cluster.one("Probe").needs
    assert cluster.one("Probe").inputs["name"] == "app"


def test_the_ip_address_is_trusted_by_the_authority_of_the_cluster() -> None:
    endpoint = deployed().one("Probe").inputs["endpoint"]
    assert endpoint == {"server": "https://203.0.113.20", "certificate-authority-data": "Q0E="}


def test_the_dns_name_is_trusted_like_any_public_name() -> None:
    probe = deployed(cloud=by_dns(open_to_users=True)).one("Probe")
    assert probe.inputs["endpoint"] == {"server": f"https://{DNS_NAME}"}


def test_a_dns_name_that_is_closed_to_users_is_not_used() -> None:
    probe = deployed(cloud=by_dns(open_to_users=False)).one("Probe")
    assert probe.inputs["endpoint"]["server"] == "https://203.0.113.20"


def test_the_identifier_is_what_google_makes_anew_for_each_cluster_and_nothing_that_rotates() -> None:
    made = by_dns(open_to_users=True)
    rotated = {**made, "endpoint": "203.0.113.99", "masterAuth": {"clusterCaCertificate": "TkVX"}}
    assert deployed(cloud=made).one("Probe").inputs["identifier"] == DNS_NAME
    assert deployed(cloud=rotated).one("Probe").inputs["identifier"] == DNS_NAME
    assert deployed().one("Probe").inputs["identifier"] == "c-id"


@pytest.mark.parametrize("kept", [True, False])
def test_a_cluster_that_google_keeps_is_protected_from_pulumi_too(kept: bool) -> None:
    """Google refuses only when all that runs in the cluster is gone."""
    cluster = deployed({"deletionProtection": kept}).one("Cluster")
    assert (cluster.inputs["deletionProtection"], cluster.request.protect) == (kept, kept)
