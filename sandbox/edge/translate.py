"""What the cluster asks for, as the model."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sandbox.edge.address import Addresses
from sandbox.edge.certificates import Certificates
from sandbox.edge.endpoints import endpoints
from sandbox.edge.events import Warnings
from sandbox.edge.gateway import Google, gateways
from sandbox.edge.gce import gce
from sandbox.edge.model import LoadBalancer, Model
from sandbox.edge.nginx import nginx
from sandbox.edge.objects import Cluster
from sandbox.edge.tls import HostCertificates


@dataclass(frozen=True)
class Translation:
    """The model, and what is wrong with Ingresses and Gateways that cannot be served as they stand."""

    model: Model
    warnings: Warnings


@dataclass(frozen=True)
class Translator:
    """Ingresses of both classes and Gateways become load balancers."""

    addresses: Addresses
    managed: Certificates
    hosts: HostCertificates

    def translate(
        self, cluster: Cluster, google: Google, previous: Iterable[LoadBalancer], now: datetime
    ) -> Translation:
        """The model that the cluster asks for; `previous` is what is served. Endpoints are always those of now."""
        before = {balancer.name: balancer for balancer in previous}
        ingresses, refused = gce(cluster, self.addresses, google, self.managed.file, before)
        shared, rejected = nginx(cluster, self.hosts, now)
        routed, unrouted = gateways(cluster, self.addresses, google, self.hosts, before, now)
        balancers = ingresses + shared + routed
        # Also those of what is served now, in case HAProxy cannot take the new structure.
        backends = Model((*before.values(), *balancers)).backends
        live = {name: endpoints(cluster, target) for name, target in backends.items()}
        return Translation(Model(balancers, live), refused | rejected | unrouted)
