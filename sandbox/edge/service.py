"""Services of type LoadBalancer, as a cloud's service controller treats them.

An address in the status is all it takes: kube-proxy serves it by itself.
"""

from sandbox.addresses import LOAD_BALANCERS
from sandbox.edge.address import REGIONAL, Addresses
from sandbox.edge.events import Events, Warnings
from sandbox.edge.lifecycle import Lifecycle, Writes
from sandbox.edge.objects import Cluster, Event, Kind, Object, annotations, by_age, key

FINALIZER = "service.kubernetes.io/load-balancer-cleanup"
RESERVED_NAME = "networking.gke.io/load-balancer-ip-addresses"


class ServiceError(Exception):
    """Why a Service gets no load balancer; goes out as a Warning event on it."""


class Services:
    """Gives each its address, and takes it back."""

    def __init__(self, api: Writes, events: Events, addresses: Addresses) -> None:
        self._life = Lifecycle(api, Kind.SERVICE, FINALIZER)
        self._events = events
        self._addresses = addresses

    def look(self, cluster: Cluster) -> Warnings:
        """Take every Service one step further; returns a Warning for each that gets no load balancer."""
        warnings: Warnings = {}
        for service in by_age(cluster[Kind.SERVICE]):
            if wanted(service):
                try:
                    self._ensure(service)
                except ServiceError as error:
                    message = f"Error syncing load balancer: failed to ensure load balancer: {error}"
                    warnings[Kind.SERVICE, key(service)] = _event("SyncLoadBalancerFailed", message, warning=True)
            elif self._life.adopted(service):
                self._tell(service, "DeletingLoadBalancer", "Deleting load balancer")
                if self._life.release(service):
                    self._tell(service, "DeletedLoadBalancer", "Deleted load balancer")
        return warnings

    def _ensure(self, service: Object) -> None:
        address = self._address(service)
        if not self._life.adopted(service):
            self._tell(service, "EnsuringLoadBalancer", "Ensuring load balancer")
            self._life.adopt(service)
        elif self._life.tell(service, address):
            self._tell(service, "EnsuredLoadBalancer", "Ensured load balancer")

    def _address(self, service: Object) -> str:
        if name := annotations(service).get(RESERVED_NAME):
            address = self._addresses.reserved(REGIONAL, name)
            if address is None:
                raise ServiceError(f"the regional address {name!r} that {RESERVED_NAME} names is not reserved")
        elif address := service["spec"].get("loadBalancerIP"):
            if not self._addresses.is_reserved(REGIONAL, address):
                raise ServiceError(f'requested ip "{address}" is neither static nor assigned to the LB')
        else:
            address = self._addresses.unreserved(service)
            if address is None:
                raise ServiceError(f"no address is left in {LOAD_BALANCERS}: delete a Service or an Ingress")
        if not self._addresses.take(service, address):
            raise ServiceError(f"IP address {address} is in use by another load balancer")
        return address

    def _tell(self, service: Object, reason: str, message: str) -> None:
        self._events.tell(Kind.SERVICE, service, _event(reason, message))


def wanted(service: Object) -> bool:
    """Whether a Service is the cloud's to expose: of type LoadBalancer, of no other class, not being deleted."""
    spec = service["spec"]
    exposed = spec.get("type") == "LoadBalancer" and not spec.get("loadBalancerClass")
    return exposed and "deletionTimestamp" not in service["metadata"]


def _event(reason: str, message: str, *, warning: bool = False) -> Event:
    return Event(reason, message, warning, component="service-controller")
