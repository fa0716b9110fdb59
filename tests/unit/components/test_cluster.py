"""The cluster is closed by default, and known to others once it has nodes."""

from ipaddress import IPv4Network
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


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("privateClusterConfig", {"enablePrivateNodes": True}),
        ("workloadIdentityConfig", {"workloadPool": "example-project.svc.id.goog"}),
        ("enableShieldedNodes", True),
        ("datapathProvider", "ADVANCED_DATAPATH"),
        ("masterAuth", {"clientCertificateConfig": {"issueClientCertificate": False}}),
        ("enableLegacyAbac", False),
        ("removeDefaultNodePool", True),
        ("releaseChannel", {"channel": "REGULAR"}),
        ("deletionProtection", True),
    ],
)
def test_the_security_baseline_is_stated_and_not_left_to_defaults(key: str, value: Any) -> None:
    assert deployed().one("Cluster").inputs[key] == value


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


def test_with_authorized_networks_only_they_lead_to_the_control_plane() -> None:
    inputs = deployed({"authorizedNetworks": {"office": IPv4Network("203.0.113.0/24")}}).one("Cluster").inputs
    assert inputs["controlPlaneEndpointsConfig"] == {
        "dnsEndpointConfig": {"allowExternalTraffic": False},
        "ipEndpointsConfig": {"enabled": True},
    }
    blocks = [{"displayName": "office", "cidrBlock": "203.0.113.0/24"}]
    assert inputs["masterAuthorizedNetworksConfig"] == {"cidrBlocks": blocks}


def test_pods_and_services_use_the_ranges_that_the_subnet_names() -> None:
    assert deployed().one("Cluster").inputs["ipAllocationPolicy"] == {
        "clusterSecondaryRangeName": "app-pods",
        "servicesSecondaryRangeName": "app-services",
    }


@pytest.mark.parametrize(
    ("zones", "location", "node_locations"),
    [
        ((), "europe-west1", None),
        (("europe-west1-b",), "europe-west1-b", None),
        (("europe-west1-b", "europe-west1-c"), "europe-west1", ["europe-west1-b", "europe-west1-c"]),
    ],
)
def test_zones_decide_where_control_plane_and_nodes_are(
    zones: tuple[str, ...], location: str, node_locations: list[str] | None
) -> None:
    cluster = deployed(zones=zones)
    assert cluster.one("Cluster").inputs["location"] == location
    assert cluster.one("NodePool").inputs["location"] == location
    assert cluster.one("Cluster").inputs.get("nodeLocations") == node_locations


def test_nodes_are_hardened_and_use_their_own_account() -> None:
    node = deployed().one("NodePool").inputs["nodeConfig"]
    assert node["serviceAccount"] == "nodes@example.com"
    assert node["imageType"] == "COS_CONTAINERD"
    assert node["shieldedInstanceConfig"] == {"enableSecureBoot": True, "enableIntegrityMonitoring": True}
    assert node["workloadMetadataConfig"] == {"mode": "GKE_METADATA"}


def test_the_autoscaler_may_take_whatever_spot_machine_there_is() -> None:
    spot = deployed({"nodePools": {"nodes": {"spot": True, "minimum": 2, "maximum": 5}}}).one("NodePool").inputs
    assert spot["nodeConfig"]["spot"] is True
    assert spot["autoscaling"] == {"totalMinNodeCount": 2, "totalMaxNodeCount": 5, "locationPolicy": "ANY"}
    assert deployed().one("NodePool").inputs["autoscaling"]["locationPolicy"] == "BALANCED"


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


def test_node_pools_differ_in_machines_disks_labels_and_taints() -> None:
    batch = {
        "machineType": "n4-standard-4",
        "diskType": "hyperdisk-balanced",
        "labels": {"example.com/batch": "true"},
        "taints": ({"key": "example.com/batch"},),
    }
    nodes, other = deployed({"nodePools": {"nodes": {}, "batch": batch}}).of("NodePool")
    assert other.inputs["nodeConfig"]["machineType"] == "n4-standard-4"
    assert other.inputs["nodeConfig"]["diskType"] == "hyperdisk-balanced"
    assert other.inputs["nodeConfig"]["labels"] == {"example.com/batch": "true"}
    taint = {"key": "example.com/batch", "value": "true", "effect": "NO_SCHEDULE"}
    assert other.inputs["nodeConfig"]["taints"] == [taint]
    assert (nodes.inputs["nodeConfig"]["labels"], nodes.inputs["nodeConfig"]["taints"]) == ({}, [])


def test_who_uses_the_cluster_needs_all_of_its_node_pools() -> None:
    cluster = deployed({"nodePools": {"nodes": {}, "spot": {"spot": True}}})
    assert {pool.urn for pool in cluster.of("NodePool")} <= cluster.one("Probe").needs


def test_another_node_pool_leaves_the_first_one_alone() -> None:
    (before,) = deployed().of("NodePool")
    after, _ = deployed({"nodePools": {"nodes": {}, "spot": {"spot": True}}}).of("NodePool")
    assert (after.urn, after.inputs) == (before.urn, before.inputs)


def test_secrets_are_encrypted_with_the_key_that_the_stack_names() -> None:
    key = "projects/p/locations/europe-west1/keyRings/r/cryptoKeys/k"
    cluster = deployed({"secretsEncryptionKey": key}).one("Cluster")
    assert cluster.inputs["databaseEncryption"] == {"state": "ENCRYPTED", "keyName": key}
    assert "databaseEncryption" not in deployed().one("Cluster").inputs


def test_maintenance_costs_and_telemetry_are_what_the_stack_says() -> None:
    plain = deployed().one("Cluster").inputs
    assert "maintenancePolicy" not in plain
    assert plain["costManagementConfig"] == {"enabled": True}
    assert plain["monitoringConfig"]["managedPrometheus"] == {"enabled": True}
    chosen = deployed(
        {
            "maintenance": {"days": ("SA", "SU"), "start": "02:30", "hours": 6},
            "costAllocation": False,
            "observability": {"logging": (), "managedPrometheus": False},
        }
    )
    inputs = chosen.one("Cluster").inputs
    assert inputs["maintenancePolicy"]["recurringWindow"] == {
        "startTime": "2026-01-01T02:30:00Z",
        "endTime": "2026-01-01T08:30:00Z",
        "recurrence": "FREQ=WEEKLY;BYDAY=SA,SU",
    }
    assert inputs["costManagementConfig"] == {"enabled": False}
    assert inputs["loggingService"] == "none"
    assert inputs["monitoringConfig"]["managedPrometheus"] == {"enabled": False}


@pytest.mark.parametrize(
    ("observability", "stated"),
    [
        (
            {"logging": ("WORKLOADS", "SYSTEM_COMPONENTS"), "monitoring": ("SYSTEM_COMPONENTS", "POD", "HPA")},
            {
                "loggingConfig": {"enableComponents": ["SYSTEM_COMPONENTS", "WORKLOADS"]},
                "monitoringConfig": {
                    "enableComponents": ["HPA", "POD", "SYSTEM_COMPONENTS"],
                    "managedPrometheus": {"enabled": True},
                },
            },
        ),
        (
            {"logging": (), "monitoring": ()},
            {
                "loggingService": "none",
                "monitoringService": "none",
                "monitoringConfig": {"managedPrometheus": {"enabled": True}},
            },
        ),
    ],
)
def test_telemetry_is_stated_as_google_reports_it(observability: dict[str, Any], stated: dict[str, Any]) -> None:
    inputs = deployed({"observability": observability}).one("Cluster").inputs
    keys = ("loggingConfig", "loggingService", "monitoringConfig", "monitoringService")
    assert {key: inputs[key] for key in keys if key in inputs} == stated


def test_what_google_computes_from_the_endpoints_is_no_difference() -> None:
    assert "privateClusterConfig.enablePrivateEndpoint" in deployed().one("Cluster").request.ignoreChanges


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
