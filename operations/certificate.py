"""What Google says about a certificate it is to issue, and what it waits for."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

ACTIVE = "Active"

MEANING = {
    "provisioning": "Google is still issuing it, which takes 15 to 60 minutes once {domain} leads to {address}.",
    "failednotvisible": "Google does not find this load balancer at {domain}. Point its A record to {address}, remove "
    "AAAA records that lead elsewhere, and wait; it tries again by itself.",
    "failedcaachecking": "Google could not read the CAA records of {domain}. Mend its name servers (DNSSEC, timeouts).",
    "failedcaaforbidden": "A CAA record of {domain}, or of a domain above it, lets no pki.goog issue. Add "
    '`CAA 0 issue "pki.goog"`.',
    "failedratelimited": "Too many certificates were asked for {domain} lately. Wait; Google tries again by itself.",
    "provisioningfailed": "Google could not issue it, and tries again by itself; see the domain's own state.",
    "provisioningfailedpermanently": "Google gave up. Make a new certificate: remove {domain} from `domains`, bring "
    "the stack up, and add it again.",
    "renewalfailed": "Google could not renew it. Point the A record of {domain} to {address} again, or it expires.",
    "failed": "Google could not issue it; see the reason beside it.",
    "": "Nobody has looked at it yet. It is issued once an Ingress or Gateway that has its address names it.",
}
"""By state, in lower case without separators: what to know and to do.

(Google Cloud: Troubleshoot SSL certificates; ManagedCertificate `status.domainStatus`; Compute Engine
`sslCertificates.managed.domainStatus`)
"""


def waits(domain: str, state: str, address: str) -> str:
    """What a certificate that is not Active waits for; empty for one that is."""
    key = state.lower().replace("_", "")
    if key == ACTIVE.lower():
        return ""
    meaning = MEANING.get(key, "Google's documents on managed certificates explain this state.")
    return meaning.format(domain=domain, address=address or "the stack's address")


def states(certificate: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Each domain of a ManagedCertificate object with its state; empty for one that has none yet."""
    told = {each["domain"]: each["status"] for each in _list(certificate.get("status", {}).get("domainStatus"))}
    for domain in _list(certificate["spec"].get("domains")):
        yield domain, told.get(domain, "")


def _list(value: Iterable[Any] | None) -> list[Any]:
    return list(value or ())
