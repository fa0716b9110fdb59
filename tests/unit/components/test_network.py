"""The network is private, with one way out."""

from components.network import Network
from settings.network import NetworkSettings
from tests.unit.recording import Recording, record


def deployed() -> Recording:
    return record(lambda: Network("n", {"name": "app", "region": "europe-west1", "ranges": NetworkSettings()}))


def test_the_network_has_no_subnets_but_ours() -> None:
    assert deployed().one("Network").inputs["autoCreateSubnetworks"] is False


def test_pods_and_services_have_ranges_of_their_own() -> None:
    ranges = deployed().one("Subnetwork").inputs["secondaryIpRanges"]
    assert ranges == [
        {"rangeName": "app-pods", "ipCidrRange": "10.4.0.0/16"},
        {"rangeName": "app-services", "ipCidrRange": "10.8.0.0/20"},
    ]


def test_machines_of_the_subnet_and_their_pods_go_out_through_the_nat() -> None:
    network = deployed()
    nat = network.one("RouterNat")
    assert nat.inputs["subnetworks"] == [{"name": "n-id", "sourceIpRangesToNats": ["ALL_IP_RANGES"]}]
    assert {network.one("Router").urn, network.one("Subnetwork").urn} <= nat.needs
