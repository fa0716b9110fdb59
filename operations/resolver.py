"""What DNS says of a domain, as this machine's resolver knows it."""

from typing import Any, NamedTuple, Protocol


class Caa(NamedTuple):
    """A CAA record: who may issue certificates."""

    tag: str
    value: str


class UnresolvedError(Exception):
    """DNS did not answer: why."""


class Resolver(Protocol):
    """Records by domain; empty where there are none. Both raise UnresolvedError."""

    def addresses(self, domain: str) -> list[str]:
        """IPv4 and IPv6."""
        ...

    def caa(self, domain: str) -> list[Caa]:
        """Of the domain itself."""
        ...


class SystemResolver:
    """Asks the name servers that this machine is set up with."""

    def addresses(self, domain: str) -> list[str]:
        return [each.to_text() for kind in ("A", "AAAA") for each in _records(domain, kind)]

    def caa(self, domain: str) -> list[Caa]:
        return [Caa(each.tag.decode(), each.value.decode()) for each in _records(domain, "CAA")]


def _records(domain: str, kind: str) -> list[Any]:
    # Imported here: it takes a while, and only the doctor asks.
    from dns.exception import DNSException
    from dns.resolver import NXDOMAIN, resolve

    try:
        answer = resolve(f"{domain}.", kind, raise_on_no_answer=False, lifetime=10)
    except NXDOMAIN:
        return []
    except DNSException as error:
        raise UnresolvedError(str(error)) from None
    return list(answer.rrset or ())
