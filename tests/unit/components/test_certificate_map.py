"""Certificates of a Gateway come and go one by one, never under a visitor."""

from components.certificate_map import CertificateMap
from tests.unit.recording import Recording, Resource, record

ONE, TWO = "app.example.com", "1.example.com"


def deployed(*domains: str, zone: str | None = None) -> Recording:
    return record(lambda: CertificateMap("c", {"name": "app-dev", "domains": domains, "zone": zone}))


def things(recorded: Recording) -> dict[str, Resource]:
    return {each.urn: each for each in recorded.custom}


def test_each_domain_has_a_certificate_and_an_entry_of_its_own() -> None:
    recorded = deployed(ONE, TWO)
    assert [each.inputs["managed"] for each in recorded.of("Certificate")] == [{"domains": [ONE]}, {"domains": [TWO]}]
    for entry, certificate in zip(recorded.of("CertificateMapEntry"), recorded.of("Certificate"), strict=True):
        assert entry.inputs["certificates"] == [f"{certificate.name}-id"]
        assert [entry.inputs["hostname"]] == certificate.inputs["managed"]["domains"]


def test_a_domain_that_comes_or_goes_leaves_the_certificate_of_the_other_alone() -> None:
    one, both = things(deployed(ONE)), things(deployed(ONE, TWO))
    assert one.keys() < both.keys()
    for urn, each in one.items():
        assert both[urn].inputs == each.inputs


def test_with_a_zone_google_is_shown_there_that_the_domain_is_ours() -> None:
    recorded = deployed(ONE, zone="example")
    authorization, record_set = recorded.one("DnsAuthorization"), recorded.one("RecordSet")
    assert record_set.inputs["type"] == "CNAME"
    assert record_set.inputs["managedZone"] == "example"
    assert record_set.urn in recorded.deleted_before(authorization)
    assert recorded.one("Certificate").inputs["managed"]["dnsAuthorizations"] == [f"{authorization.name}-id"]


def test_a_zone_that_comes_makes_a_second_certificate_before_the_first_goes() -> None:
    (served,), (proven,) = deployed(ONE).of("Certificate"), deployed(ONE, zone="example").of("Certificate")
    assert served.urn != proven.urn, "a replacement would delete the certificate that visitors see"
    assert served.inputs["name"] != proven.inputs["name"], "both exist for a while"
    entries = deployed(ONE).one("CertificateMapEntry"), deployed(ONE, zone="example").one("CertificateMapEntry")
    assert entries[0].urn == entries[1].urn, "the entry changes from one to the other"


def test_names_are_possible_at_certificate_manager() -> None:
    for each in deployed(TWO, zone="example").custom:
        assert "name" in each.inputs
        assert each.type.startswith("gcp:dns/") or each.inputs["name"].startswith("app-dev")
