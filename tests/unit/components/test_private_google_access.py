"""In the network, and nowhere else, the names of Google's APIs lead to addresses that policies allow."""

from ipaddress import IPv4Address, IPv4Network

import pulumi

from components.network_policy import GOOGLE_APIS
from components.private_google_access import PrivateGoogleAccess
from tests.unit.recording import Recording, record


def deployed() -> Recording:
    def program() -> None:
        network = pulumi.CustomResource("test:index:Network", "network", {})
        PrivateGoogleAccess("p", {"name": "app", "network": network.id})

    return record(program)


def test_only_the_network_of_the_cluster_sees_the_zone() -> None:
    zone = deployed().one("ManagedZone").inputs
    assert (zone["name"], zone["dnsName"], zone["visibility"]) == ("app-googleapis", "googleapis.com.", "private")
    assert zone["privateVisibilityConfig"] == {"networks": [{"networkUrl": "network-id"}]}


def test_every_api_leads_to_private_googleapis_com() -> None:
    records = {
        (each.inputs["name"], each.inputs["type"]): each.inputs["rrdatas"] for each in deployed().of("RecordSet")
    }
    assert records.pop(("*.googleapis.com.", "CNAME")) == ["private.googleapis.com."]
    assert set(records) == {("private.googleapis.com.", "A")}


def test_the_names_lead_to_all_addresses_that_policies_open_and_to_no_other() -> None:
    (addresses,) = [each.inputs["rrdatas"] for each in deployed().of("RecordSet") if each.inputs["type"] == "A"]
    (allowed,) = (IPv4Network(block) for block in GOOGLE_APIS)
    assert {IPv4Address(each) for each in addresses} == set(allowed)
