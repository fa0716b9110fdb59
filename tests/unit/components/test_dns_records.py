"""Records are created in a configured zone, and else told to whoever must create them."""

import pulumi

from components.dns_records import DnsRecords
from tests.unit.recording import Recording, record


def deployed(zone: str | None, caa: bool = False) -> Recording:
    def program() -> None:
        records = DnsRecords("d", {"domains": ["app.example.com"], "address": "203.0.113.10", "zone": zone, "caa": caa})
        pulumi.export("missing", records.missing)

    return record(program)


def test_with_a_zone_nothing_is_left_to_do_by_hand() -> None:
    records = deployed("example")
    assert records.outputs["missing"] == []
    assert records.one("RecordSet").inputs == {
        "managedZone": "example",
        "name": "app.example.com.",
        "rrdatas": ["203.0.113.10"],
        "ttl": 300,
        "type": "A",
    }


def test_without_a_zone_the_exact_record_is_told_and_none_created() -> None:
    records = deployed(None)
    assert records.outputs["missing"] == ["app.example.com. 300 IN A 203.0.113.10"]
    assert records.of("RecordSet") == []


def test_only_google_may_issue_when_the_stack_says_so() -> None:
    address, issuer = deployed("example", caa=True).of("RecordSet")
    assert (address.inputs["type"], address.urn) == ("A", deployed("example").one("RecordSet").urn)
    assert issuer.inputs["type"] == "CAA"
    assert issuer.inputs["rrdatas"] == ['0 issue "pki.goog"']


def test_the_record_of_the_issuer_is_told_beside_the_address() -> None:
    assert deployed(None, caa=True).outputs["missing"] == [
        "app.example.com. 300 IN A 203.0.113.10",
        'app.example.com. 300 IN CAA 0 issue "pki.goog"',
    ]
