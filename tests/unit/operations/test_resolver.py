"""Records as a name server hands them out."""

import socket
import threading
from collections.abc import Iterator

import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import dns.resolver
import dns.rrset
import pytest

from operations.resolver import Caa, SystemResolver, UnresolvedError

RECORDS = {
    ("app.example.com.", "A"): ["203.0.113.10"],
    ("app.example.com.", "AAAA"): ["2001:db8::1"],
    ("example.com.", "CAA"): ['0 issue "pki.goog"', '0 iodef "mailto:security@example.com"'],
}


def _answer(question: bytes) -> bytes:
    query = dns.message.from_wire(question)
    response = dns.message.make_response(query)
    response.flags |= dns.flags.RA
    asked = query.question[0]
    name, kind = asked.name.to_text(), dns.rdatatype.to_text(asked.rdtype)
    if name == "broken.example.com.":
        response.set_rcode(dns.rcode.SERVFAIL)
    elif name == "missing.example.com.":
        response.set_rcode(dns.rcode.NXDOMAIN)
    elif records := RECORDS.get((name, kind)):
        response.answer.append(dns.rrset.from_text_list(name, 300, "IN", kind, records))
    return response.to_wire()


@pytest.fixture(autouse=True)
def name_server(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as served:
        served.bind(("127.0.0.1", 0))

        def serve() -> None:
            while (received := served.recvfrom(4096))[0]:
                served.sendto(_answer(received[0]), received[1])

        thread = threading.Thread(target=serve)
        thread.start()
        resolver = dns.resolver.Resolver(configure=False)
        resolver.nameservers, resolver.port = ["127.0.0.1"], served.getsockname()[1]
        monkeypatch.setattr(dns.resolver, "default_resolver", resolver)
        yield
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as ending:
            ending.sendto(b"", served.getsockname())
        thread.join()


def test_a_domain_leads_to_addresses_of_both_kinds() -> None:
    assert SystemResolver().addresses("app.example.com") == ["203.0.113.10", "2001:db8::1"]


@pytest.mark.parametrize("domain", ["missing.example.com", "example.com"])
def test_a_domain_without_records_leads_nowhere(domain: str) -> None:
    assert SystemResolver().addresses(domain) == []


def test_caa_records_are_read_by_tag() -> None:
    found = SystemResolver().caa("example.com")
    assert set(found) == {Caa("issue", "pki.goog"), Caa("iodef", "mailto:security@example.com")}


def test_a_name_server_that_fails_is_not_taken_for_an_empty_one() -> None:
    with pytest.raises(UnresolvedError, match="SERVFAIL"):
        SystemResolver().addresses("broken.example.com")
