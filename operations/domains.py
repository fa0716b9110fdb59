"""Whether visitors find the load balancer by its domains, and Google may vouch for it there."""

from collections.abc import Iterator, Mapping
from typing import Any

from audit.session import COMPUTE
from operations.certificate import waits
from operations.finding import Finding, Level
from operations.google_api import CERTIFICATES, DNS, Google
from operations.resolver import Caa, Resolver, UnresolvedError
from settings.naming import certificate_at_google
from settings.stack import Settings

ISSUER = "pki.goog"


def domains(settings: Settings, google: Google, resolver: Resolver) -> Iterator[Finding]:
    """Zone, addresses, CAA records and certificates. Raises UnreadableError."""
    reserved = google.compute(f"global/addresses/{settings.name}")
    address = reserved["address"] if reserved else ""
    found = f"{address}, reserved" if reserved else "reserved by the first `up`"
    yield Finding(f"address {settings.name}", found)
    if settings.dns.zone:
        yield from _zone(settings, google)
    for domain in settings.domains:
        try:
            yield _leads(domain, address, settings.dns.zone, resolver)
            yield _issuable(domain, resolver)
        except UnresolvedError as error:
            yield Finding(
                f"DNS of {domain}",
                f"no answer: {error}",
                Level.later,
                "It is not known where the domain leads.",
                "Ask again, or ask where the name servers can be reached.",
            )
    issued = _mapped(settings, google) if settings.ingress.kind == "gateway" else _attached(google)
    for domain in settings.domains:
        yield _certificate(domain, issued.get(domain), address)


def _zone(settings: Settings, google: Google) -> Iterator[Finding]:
    about = f"Cloud DNS zone {settings.dns.zone}"
    zone = google.read(f"{DNS}/projects/{google.project}/managedZones/{settings.dns.zone}")
    strangers = [each for each in settings.domains if zone and not f".{each}.".endswith(f".{zone['dnsName']}")]
    if zone and not strangers:
        yield Finding(about, f"holds {zone['dnsName']}")
        return
    yield Finding(
        about,
        f"holds {zone['dnsName']}, but not {', '.join(strangers)}" if zone else f"not in {google.project}",
        Level.stops,
        "The domains' records cannot be created.",
        "Correct dns.zone, or remove it and create the records that the output dnsRecords names.",
    )


def _leads(domain: str, address: str, zone: str | None, resolver: Resolver) -> Finding:
    about, led = f"DNS of {domain}", resolver.addresses(domain)
    if address and led == [address]:
        return Finding(about, f"leads to {address}")
    found = f"leads to {', '.join(led)}" if led else "leads nowhere"
    if zone:
        return Finding(about, f"{found}; `up` writes the record")
    return Finding(
        about,
        f"{found}{f' instead of {address}' if address else ''}",
        Level.later,
        "Visitors do not reach the load balancer, and Google issues no certificate.",
        f"Create `{domain}. 300 IN A {address or 'ADDRESS'}` and remove the others"
        + ("." if address else ", once `up` has told the address (output dnsRecords)."),
    )


def _issuable(domain: str, resolver: Resolver) -> Finding:
    """The nearest domain above that has CAA records decides (RFC 8659, section 3)."""
    labels = domain.split(".")
    for start in range(len(labels)):
        name = ".".join(labels[start:])
        if records := resolver.caa(name):
            return _allowed(domain, name, records)
    return Finding(f"CAA of {domain}", "none: any authority may issue")


def _allowed(domain: str, name: str, records: list[Caa]) -> Finding:
    issuers = [record.value.partition(";")[0].strip() for record in records if record.tag.lower() == "issue"]
    about, found = f"CAA of {domain}", f"{name} lets issue: {', '.join(issuers) or 'whoever asks'}"
    if not issuers or ISSUER in issuers:
        return Finding(about, found)
    return Finding(
        about,
        found,
        Level.later,
        "Google may not issue the certificate, so HTTPS is refused.",
        f'Add `{name}. 300 IN CAA 0 issue "{ISSUER}"`.',
    )


def _attached(google: Google) -> dict[str, str]:
    """State by domain, as the certificates of Compute Engine tell; the best where there are several."""
    found: dict[str, str] = {}
    for page in google.pages(f"{COMPUTE}/projects/{google.project}/global/sslCertificates"):
        for each in page.get("items", ()):
            for domain, state in (each.get("managed", {}).get("domainStatus") or {}).items():
                if found.get(domain) != "ACTIVE":
                    found[domain] = state
    return found


def _mapped(settings: Settings, google: Google) -> dict[str, str]:
    """The same, as Certificate Manager tells, with its reasons."""
    found: dict[str, str] = {}
    proof = ("dns",) if settings.dns.zone else ()
    for domain in settings.domains:
        name = certificate_at_google(settings.name, domain, *proof)
        there = google.read(f"{CERTIFICATES}/projects/{google.project}/locations/global/certificates/{name}")
        if there:
            found[domain] = _told(there.get("managed", {}))
    return found


def _told(managed: Mapping[str, Any]) -> str:
    reasons = [each.get("failureReason", "") for each in managed.get("authorizationAttemptInfo", ())]
    issue = managed.get("provisioningIssue", {}).get("reason", "")
    state = managed.get("state", "")
    more = ", ".join(sorted({reason for reason in (issue, *reasons) if reason}))
    return f"{state} ({more})" if more and state != "ACTIVE" else state


def _certificate(domain: str, state: str | None, address: str) -> Finding:
    about = f"certificate of {domain}"
    if state is None:
        return Finding(about, "none yet: `up` asks for it")
    reason = waits(domain, state.partition(" ")[0], address)
    if not reason:
        return Finding(about, "Active")
    return Finding(about, state, Level.later, "HTTPS is refused at this domain.", reason)
