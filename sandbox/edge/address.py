"""Which address an Ingress is served on."""

from collections.abc import Iterator, Mapping
from ipaddress import IPv4Address

from sandbox.addresses import LOAD_BALANCERS
from sandbox.edge import naming
from sandbox.edge.objects import Cluster, IngressError, Key, Kind, Object, annotations, key
from sandbox.google import Resource

STATIC_NAME = "kubernetes.io/ingress.global-static-ip-name"

_GLOBAL_ADDRESS = "gcp:compute/globalAddress:GlobalAddress"


class Addresses:
    """Gives every Ingress its address: the reserved one it names, else the one it has, else a free one.

    Ask for the Ingresses in order of age: the first to name a reserved address gets it.
    """

    def __init__(self, cluster: Cluster, google: Mapping[str, Resource]) -> None:
        self._reserved = {
            resource["name"]: resource["address"]
            for _, resource in sorted(google.items(), reverse=True)
            if resource["type"] == _GLOBAL_ADDRESS
        }
        services = cluster[Kind.SERVICE].values()
        self._users: dict[str, Key | None] = {address: None for service in services for address in status(service)}
        for ingress in cluster[Kind.INGRESS].values():
            for address in status(ingress):
                self._users.setdefault(address, key(ingress))

    def of(self, ingress: Object) -> str:
        """The address. Raises `IngressError` when the reserved address does not exist or is in use."""
        where = key(ingress)
        if name := annotations(ingress).get(STATIC_NAME):
            return self._static(where, name)
        for address in status(ingress):
            if IPv4Address(address) in LOAD_BALANCERS and self._users[address] == where:
                return address
        for free in map(str, LOAD_BALANCERS.hosts()):
            if free not in self._users:
                self._users[free] = where
                return free
        raise IngressError("Sync", f"Error syncing to GCP: no address is left in {LOAD_BALANCERS}; delete an Ingress.")

    def _static(self, where: Key, name: str) -> str:
        balancer = naming.load_balancer(where)
        if name not in self._reserved:
            raise IngressError(
                "Sync",
                "Error syncing to GCP: error running load balancer syncing routine: "
                f"loadbalancer {balancer} does not exist: "
                f"the given static IP name {name} doesn't translate to an existing static IP.",
            )
        address = self._reserved[name]
        if self._users.setdefault(address, where) != where:
            raise IngressError(
                "Sync",
                "Error syncing to GCP: error running load balancer syncing routine: "
                f"loadbalancer {balancer} does not exist: Invalid value for field 'resource.IPAddress': "
                f"'{address}'. Specified IP address is in-use and would result in a conflict.",
            )
        return address


def status(thing: Object) -> Iterator[str]:
    """Addresses in an Ingress's or a Service's status."""
    for entry in thing.get("status", {}).get("loadBalancer", {}).get("ingress") or []:
        if address := entry.get("ip"):
            yield address
