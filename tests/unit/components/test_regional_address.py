"""A Service's address is reserved for as long as the stack is there."""

import pulumi

from components.regional_address import RegionalAddress
from tests.unit import properties
from tests.unit.recording import record

CLOUD = {"gcp:compute/address:Address": {"address": "203.0.113.7"}}


def test_the_address_is_the_one_that_google_reserves_in_the_region() -> None:
    def program() -> None:
        reserved = RegionalAddress("a", {"name": "web", "region": "europe-west1"})
        pulumi.CustomResource("test:index:Probe", "probe", {"address": reserved.address})

    recorded = record(program, cloud=CLOUD)
    address = recorded.one("Address")
    assert properties.unknown(address.type, address.inputs) == []
    assert (address.inputs["name"], address.inputs["region"]) == ("web", "europe-west1")
    assert recorded.one("Probe").inputs["address"] == "203.0.113.7"
    assert address.urn in recorded.one("Probe").needs
