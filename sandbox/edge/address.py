"""Which address an Ingress, a Gateway or a Service is served on."""

from collections.abc import Iterator, Mapping

from sandbox.addresses import LOAD_BALANCERS
from sandbox.edge.objects import Cluster, Kind, Object
from sandbox.google import Resource

_FREE = [str(host) for host in LOAD_BALANCERS.hosts()]

NGINX = _FREE.pop()
"""The one address of all Ingresses of class nginx: their controller is one Service."""

GLOBAL = "gcp:compute/globalAddress:GlobalAddress"
REGIONAL = "gcp:compute/address:Address"


class Addresses:
    """Who has which address. One that was given is remembered until the object's status tells it."""

    def __init__(self) -> None:
        self._users: dict[str, str] = {}
        """By address, the uid of the object that has it."""
        self._reserved: dict[tuple[str, str], str] = {}

    def see(self, cluster: Cluster, google: Mapping[str, Resource]) -> None:
        """Look at what the objects' statuses tell and what is reserved; to be called at every look."""
        kinds = Kind.SERVICE, Kind.INGRESS, Kind.GATEWAY
        told = {thing["metadata"]["uid"]: list(status(thing)) for kind in kinds for thing in cluster[kind].values()}
        given = {address: uid for address, uid in self._users.items() if told.get(uid) == []}
        self._users = {}
        for uid, addresses in told.items():
            for address in addresses:
                self._users.setdefault(address, uid)
        self._users = given | self._users
        self._reserved = {
            (resource["type"], resource["name"]): resource["address"]
            for _, resource in sorted(google.items(), reverse=True)
            if resource["type"] in (GLOBAL, REGIONAL)
        }

    def reserved(self, kind: str, name: str) -> str | None:
        """The address reserved under a name; `kind` is `GLOBAL` or `REGIONAL`."""
        return self._reserved.get((kind, name))

    def is_reserved(self, kind: str, address: str) -> bool:
        return any(kind == of and address == one for (of, _), one in self._reserved.items())

    def take(self, thing: Object, address: str) -> bool:
        """Whether an object may have this address: nobody else has it."""
        return self._users.setdefault(address, thing["metadata"]["uid"]) == thing["metadata"]["uid"]

    def unreserved(self, thing: Object) -> str | None:
        """An address that is not reserved: the one that the object has, else a free one; None when none is left."""
        mine = [address for address, uid in self._users.items() if uid == thing["metadata"]["uid"]]
        kept = next((address for address in mine if address in _FREE), None)
        return kept or next((free for free in _FREE if self.take(thing, free)), None)


def status(thing: Object) -> Iterator[str]:
    """Addresses in an Ingress's, a Service's or a Gateway's status."""
    for entry in thing.get("status", {}).get("addresses") or []:
        yield entry["value"]
    for entry in thing.get("status", {}).get("loadBalancer", {}).get("ingress") or []:
        if address := entry.get("ip"):
            yield address
