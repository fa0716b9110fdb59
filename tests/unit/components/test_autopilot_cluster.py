"""Autopilot has the same control plane, and nothing about nodes but their account."""

from typing import Any

import pulumi

from components.cluster import Cluster
from components.control_plane import inputs
from settings.cluster import ClusterSettings
from settings.google import GoogleSettings
from tests.unit.recording import Recording, record

NODE_INPUTS = {
    *("nodeConfig", "nodePools", "nodeLocations", "initialNodeCount", "removeDefaultNodePool", "enableShieldedNodes"),
    *("workloadIdentityConfig", "datapathProvider", "defaultMaxPodsPerNode", "enableIntranodeVisibility"),
}
"""What Autopilot decides by itself; pulumi-gcp refuses these, or replaces the cluster on every update."""


def deployed(**settings: Any) -> Recording:
    def program() -> None:
        made = Cluster(
            "c",
            {
                "name": "app",
                "google": GoogleSettings.model_validate({"project": "example-project", "region": "europe-west1"}),
                "cluster": ClusterSettings.model_validate(
                    {"deletionProtection": True, "autopilot": True, "maintenance": {}, **settings}
                ),
                "network": "network",
                "subnetwork": "subnetwork",
                "nat": pulumi.CustomResource("test:index:Nat", "nat", {}),
                "node_account": "nodes@example.com",
            },
        )
        outputs = {"name": made.name, "identifier": made.identifier, "endpoint": made.endpoint}
        pulumi.CustomResource("test:index:Probe", "probe", outputs)

    return record(program)


def test_nothing_is_said_of_nodes() -> None:
    cluster = deployed()
    assert not NODE_INPUTS & cluster.one("Cluster").inputs.keys()
    assert cluster.of("NodePool") == []


def test_it_replaces_a_standard_cluster_in_its_place_and_the_other_way_round() -> None:
    autopilot, standard = (deployed(autopilot=mode).one("Cluster") for mode in (True, False))
    assert autopilot.urn == standard.urn
    assert autopilot.request.deleteBeforeReplace
    assert standard.request.deleteBeforeReplace


def test_it_is_found_in_the_state_by_the_type_that_its_component_had_before() -> None:
    (component,) = [each for each in deployed().registered if each.type == "gke-webapp:cluster:Cluster"]
    assert [alias.spec.type for alias in component.request.aliases] == ["gke-webapp:autopilot_cluster:AutopilotCluster"]


def test_its_control_plane_is_closed_and_kept_like_that_of_a_standard_cluster() -> None:
    made = deployed().one("Cluster").inputs
    common = inputs(
        {
            "name": "app",
            "google": GoogleSettings.model_validate({"project": "example-project", "region": "europe-west1"}),
            "cluster": ClusterSettings.model_validate({"deletionProtection": True, "maintenance": {}}),
            "network": "network",
            "subnetwork": "subnetwork",
            "nat": None,  # pyright: ignore[reportArgumentType] - not looked at
            "node_account": "",
        }
    )
    assert {key: value for key, value in common.items() if value is not None}.items() <= made.items()


def test_it_exists_only_while_its_nodes_have_a_way_out() -> None:
    cluster = deployed()
    assert cluster.one("Cluster").urn in cluster.deleted_before(cluster.one("Nat"))


def test_who_uses_it_learns_its_name_and_its_way_in() -> None:
    probe = deployed().one("Probe").inputs
    assert probe["name"] == "app"
    assert probe["endpoint"]["server"] == "https://203.0.113.20"
