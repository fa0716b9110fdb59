"""A change of a Google resource is told as the published provider tells it."""

from pathlib import Path
from typing import Any

import pytest
from pulumi.runtime.proto import provider_pb2

from sandbox.home import Home
from sandbox.providers.gcp.provider import GcpProvider
from sandbox.providers.values import UNKNOWN
from tests.unit.providers.speech import Spoken, plain, struct, urn

CLUSTER = "gcp:container/cluster:Cluster"
POOL = "gcp:container/nodePool:NodePool"
SUBNETWORK = "gcp:compute/subnetwork:Subnetwork"
FIREWALL = "gcp:compute/firewall:Firewall"
REPOSITORY = "gcp:artifactregistry/repository:Repository"
ACCOUNT = "gcp:serviceaccount/account:Account"
RECORD = "gcp:dns/recordSet:RecordSet"
NETWORK = "projects/p/global/networks/net"


@pytest.fixture
def provider(tmp_path: Path) -> Spoken:
    return Spoken(GcpProvider(Home(tmp_path, tmp_path)))


def changes(
    provider: Spoken, token: str, old: dict[str, Any], new: dict[str, Any], state: dict[str, Any] | None = None
) -> dict[str, bool]:
    """Changed paths, and whether each replaces the resource."""
    diff = provider.diff(urn(token), old, new, state)
    return {path: path in diff.replaces for path in diff.detailedDiff}


@pytest.mark.parametrize(
    ("token", "old", "new"),
    [
        (CLUSTER, {"databaseEncryption": {"state": "DECRYPTED"}}, {}),
        (CLUSTER, {"networkingMode": "ROUTES"}, {}),
        (CLUSTER, {"nodeLocations": ["europe-west1-b"]}, {}),
        (POOL, {"nodeConfig": {"serviceAccount": "a@b"}}, {"nodeConfig": {}}),
    ],
)
def test_an_input_that_google_computes_can_be_left_out_without_a_change(
    provider: Spoken, token: str, old: dict[str, Any], new: dict[str, Any]
) -> None:
    assert changes(provider, token, old, new) == {}


def test_an_input_that_google_does_not_compute_is_changed_by_leaving_it_out(provider: Spoken) -> None:
    assert changes(provider, CLUSTER, {"minMasterVersion": "1.33"}, {}) == {"minMasterVersion": False}
    assert changes(provider, CLUSTER, {"description": "a"}, {}) == {"description": True}


def test_what_google_computed_beside_the_inputs_is_no_change(provider: Spoken) -> None:
    given = {"nodeConfig": {"machineType": "e2-medium"}}
    state = {"nodeConfig": {"machineType": "e2-medium", "tags": ["x"], "resourceLabels": {"goog": "y"}}, "version": "1"}
    assert changes(provider, POOL, given, given, state) == {}


def test_an_input_that_states_what_google_computed_is_no_change(provider: Spoken) -> None:
    state = {"name": "s", "purpose": "PRIVATE", "stackType": "IPV4_ONLY"}
    assert changes(provider, SUBNETWORK, {"name": "s"}, {"name": "s", "purpose": "PRIVATE"}, state) == {}
    assert changes(provider, SUBNETWORK, {"name": "s"}, {"name": "s", "stackType": "IPV4_IPV6"}, state)


@pytest.mark.parametrize(
    ("token", "stated"),
    [
        (REPOSITORY, {"mode": "STANDARD_REPOSITORY"}),
        (ACCOUNT, {"disabled": False}),
        (CLUSTER, {"enableShieldedNodes": True}),
        (CLUSTER, {"enableTpu": False}),
        (CLUSTER, {"datapathProvider": "DATAPATH_PROVIDER_UNSPECIFIED"}),
    ],
)
def test_a_stated_default_is_the_same_as_none(provider: Spoken, token: str, stated: dict[str, Any]) -> None:
    assert changes(provider, token, {}, stated) == {}
    assert changes(provider, token, stated, {}) == {}


@pytest.mark.parametrize(
    ("old", "new"),
    [(["a", "b"], ["b", "a"]), (["a"], ["a", "a"])],
)
def test_a_set_has_no_order_and_no_duplicates(provider: Spoken, old: list[str], new: list[str]) -> None:
    assert changes(provider, CLUSTER, {"nodeLocations": old}, {"nodeLocations": new}) == {}
    assert changes(provider, CLUSTER, {"nodeLocations": old}, {"nodeLocations": ["c"]}) == {"nodeLocations": False}


def test_the_elements_of_a_set_are_compared_by_what_they_mean(provider: Spoken) -> None:
    old = {"allows": [{"protocol": "tcp", "ports": []}, {"protocol": "udp"}]}
    assert changes(provider, FIREWALL, old, {"allows": [{"protocol": "udp"}, {"protocol": "tcp"}]}) == {}
    assert changes(provider, FIREWALL, old, {"allows": [{"protocol": "udp"}, {"protocol": UNKNOWN}]})


def test_secondary_ranges_are_known_by_their_names(provider: Spoken) -> None:
    pods, services = ({"rangeName": name, "ipCidrRange": "10.0.0.0/20"} for name in ("pods", "services"))
    old = {"secondaryIpRanges": [pods, services]}
    assert changes(provider, SUBNETWORK, old, {"secondaryIpRanges": [services, pods]}) == {}
    wider = {**pods, "ipCidrRange": "10.0.0.0/16"}
    assert changes(provider, SUBNETWORK, old, {"secondaryIpRanges": [services, wider]}) == {
        "secondaryIpRanges[1].ipCidrRange": False
    }


@pytest.mark.parametrize("spelled", ["net", NETWORK, f"https://www.googleapis.com/compute/v1/{NETWORK}"])
def test_a_name_is_the_same_as_its_url(provider: Spoken, spelled: str) -> None:
    assert changes(provider, CLUSTER, {"network": NETWORK}, {"network": spelled}) == {}
    assert changes(provider, CLUSTER, {"network": NETWORK}, {"network": f"{spelled}2"}) == {"network": True}


def test_a_block_that_is_added_replaces_when_anything_in_it_does(provider: Spoken) -> None:
    assert changes(
        provider, CLUSTER, {}, {"masterAuth": {"clientCertificateConfig": {"issueClientCertificate": True}}}
    )["masterAuth"]
    assert not changes(provider, POOL, {}, {"management": {"autoRepair": False}})["management"]


@pytest.mark.parametrize(
    ("path", "old", "new", "replaces"),
    [("enableFqdnNetworkPolicy", True, False, True), ("enableFqdnNetworkPolicy", False, True, False)],
)
def test_some_changes_replace_in_one_direction(
    provider: Spoken, path: str, old: bool, new: bool, replaces: bool
) -> None:
    assert changes(provider, CLUSTER, {path: old}, {path: new}) == {path: replaces}


def test_autopilot_decides_about_dns_itself(provider: Spoken) -> None:
    for autopilot, expected in ((True, set[str]()), (False, {"dnsConfig"})):
        given = {"enableAutopilot": autopilot}
        found = changes(provider, CLUSTER, given, {**given, "dnsConfig": {"clusterDns": "CLOUD_DNS"}})
        assert found.keys() == expected


def test_the_removal_of_a_feature_that_is_off_is_no_change(provider: Spoken) -> None:
    assert changes(provider, CLUSTER, {"networkPolicy": {"enabled": False}}, {}) == {}
    assert changes(provider, CLUSTER, {"networkPolicy": {"enabled": True}}, {}) == {"networkPolicy": False}


def test_ignored_properties_do_not_change(provider: Spoken) -> None:
    request = provider_pb2.DiffRequest(
        id="id",
        urn=urn(CLUSTER),
        olds=struct({"description": "a"}),
        old_inputs=struct({"description": "a"}),
        news=struct({"description": "b"}),
        ignoreChanges=["description"],
    )
    assert not provider.call("Diff", request).replaces


def test_an_update_keeps_what_google_computes_and_drops_the_rest(provider: Spoken) -> None:
    old = {"name": "c", "releaseChannel": {"channel": "RAPID"}, "minMasterVersion": "1.33", "selfLink": "link"}
    request = provider_pb2.UpdateRequest(
        id="id", urn=urn(CLUSTER), olds=struct(old), news=struct({"name": "c"}), preview=True
    )
    outputs = plain(provider.call("Update", request).properties)
    assert (outputs["releaseChannel"], outputs["selfLink"]) == ({"channel": "RAPID"}, "link")
    assert "minMasterVersion" not in outputs


def test_a_name_and_a_location_that_are_left_out_stay(provider: Spoken) -> None:
    provider.call("Configure", provider_pb2.ConfigureRequest(args=struct({"project": "my-project", "region": "a-b1"})))
    old = {"name": "c", "location": "europe-west1-b"}
    checked = plain(provider.check(urn(CLUSTER), {}, old).inputs)
    assert (checked["name"], checked["location"]) == ("c", "europe-west1-b")


def test_a_record_gets_another_type_in_place(provider: Spoken) -> None:
    assert changes(provider, RECORD, {"type": "A"}, {"type": "CNAME"}) == {"type": False}
