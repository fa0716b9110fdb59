"""The network is private, with one way out."""

from components.network import Network
from settings.network import NetworkSettings
from tests.unit.recording import Recording, record


def deployed() -> Recording:
    return record(lambda: Network("n", {"name": "app", "region": "europe-west1", "ranges": NetworkSettings()}))


def test_machines_and_their_pods_go_out_through_the_nat() -> None:
    network = deployed()
    nat = network.one("RouterNat")
    assert nat.inputs["sourceSubnetworkIpRangesToNat"] == "ALL_SUBNETWORKS_ALL_IP_RANGES"
    assert network.one("Router").urn in nat.needs


def test_the_nat_does_not_hold_the_subnet_when_another_range_replaces_it() -> None:
    network = deployed()
    assert network.one("Subnetwork").urn not in network.one("RouterNat").needs


def test_another_range_of_pods_or_services_replaces_the_subnet_because_google_changes_none() -> None:
    assert deployed().one("Subnetwork").request.replaceOnChanges == ["secondaryIpRanges[*].ipCidrRange"]
