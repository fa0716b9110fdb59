"""The loop that makes HAProxy serve what the cluster asks for, and tells the cluster what is served."""

import logging
import time
from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from typing import Protocol

from sandbox.edge import gateway, gce, nginx
from sandbox.edge.address import Addresses, status
from sandbox.edge.api import Api
from sandbox.edge.certificate_manager import activate
from sandbox.edge.certificates import Certificates, Status, certificate_name
from sandbox.edge.events import Events, Warnings
from sandbox.edge.gateways import Gateways
from sandbox.edge.keyring import Keyring
from sandbox.edge.lifecycle import Lifecycle, Writes, tell_address
from sandbox.edge.model import LoadBalancer, Manner, Model
from sandbox.edge.objects import Cluster, Event, Key, Kind, Object, key
from sandbox.edge.proxy import Proxy
from sandbox.edge.readiness import Readiness
from sandbox.edge.service import Services
from sandbox.edge.status import annotation_patch, annotations_of
from sandbox.edge.tls import HostCertificates
from sandbox.edge.translate import Translator
from sandbox.edge.watch import Watch
from sandbox.google import Google, Resource
from sandbox.home import Home

_IDLE = 1.0
"""Seconds between looks when nothing changes: for drain times, health and certificates."""

_BUSY = 0.2
"""The same while an endpoint waits for its first health check."""

_FAILED = {
    Manner.GOOGLE: "Error syncing to GCP",
    Manner.NGINX: "Error reloading NGINX",
    Manner.GATEWAY: "Error syncing to GCP",
}

_GATHER = 0.02
"""Seconds that changes may take to arrive together, before one look at them all."""

log = logging.getLogger(__name__)


class Serves(Protocol):
    """What the controller needs of `Proxy`."""

    serving: tuple[LoadBalancer, ...] | None
    settled: bool

    def apply(self, model: Model) -> dict[Key, str]: ...
    def healthy(self) -> dict[str, frozenset[str]]: ...


class Controller:
    """Level-triggered: each look compares the whole cluster with what is served, and forgets the past."""

    def __init__(self, api: Writes, proxy: Serves, keyring: Keyring, google: Google) -> None:
        self._api = api
        self._proxy = proxy
        self._keyring = keyring
        self._google = google
        self._addresses = Addresses()
        self._certificates = Certificates(keyring)
        self._translator = Translator(self._addresses, self._certificates, HostCertificates(keyring))
        self._events = Events(api.record)
        self._services = Services(api, self._events, self._addresses)
        self._gateways = Gateways(api)
        self._readiness = Readiness(api)
        self._life = Lifecycle(api, Kind.INGRESS, gce.FINALIZER)
        self._attached: dict[Key, datetime] = {}
        """Since when each ManagedCertificate is named by an Ingress that has its address."""

    def look(self, cluster: Cluster, now: datetime) -> None:
        """One look at the cluster: serve first, then report."""
        resources = self._google.resources()
        self._addresses.see(cluster, resources)
        warnings = self._services.look(cluster) | self._serve(cluster, resources, now)
        ingresses = cluster[Kind.INGRESS]
        for ingress in ingresses.values():
            if gce.wanted(ingress) and not self._life.adopted(ingress):
                self._life.adopt(ingress)
                self._events.tell(Kind.INGRESS, ingress, Event("Sync", "Scheduled for sync"))
        self._provision(cluster, now)
        google, shared, routed = (self._served(manner) for manner in Manner)
        self._gateways.look(cluster, routed, warnings, now)
        served = (cluster[Kind.GATEWAY].get(where) for where in routed)
        activate(self._google, filter(None, (gateway.certificate_map(each) for each in served if each)))
        healthy = self._proxy.healthy() if google or routed else {}
        backends = [backend for those in (google, routed) for one in those.values() for backend in one.backends]
        self._readiness.look(cluster, backends, healthy, now)
        for where, ingress in ingresses.items():
            if gce.wanted(ingress):
                if where in google:
                    self._report(cluster, ingress, google[where], healthy)
            elif self._life.adopted(ingress):
                if where not in google:
                    self._life.release(ingress)
            elif where in shared and tell_address(self._api, Kind.INGRESS, ingress, shared[where].address):
                event = Event("Sync", "Scheduled for sync", component=nginx.COMPONENT)
                self._events.tell(Kind.INGRESS, ingress, event)
        self._events.warn(warnings, cluster)

    def _serve(self, cluster: Cluster, resources: Mapping[str, Resource], now: datetime) -> Warnings:
        """Apply the model; returns a Warning for each Ingress or Gateway that is not served as it asks."""
        translation = self._translator.translate(cluster, resources, self._proxy.serving or (), now)
        unserved = self._proxy.apply(translation.model)
        return translation.warnings | {
            (_kind(balancer), where): Event("Sync", f"{_FAILED[balancer.manner]}: {unserved[where]}", warning=True)
            for balancer in translation.model.balancers
            for where in balancer.ingresses
            if where in unserved
        }

    def _served(self, manner: Manner) -> dict[Key, LoadBalancer]:
        """What serves each Ingress of a class, or each Gateway."""
        balancers = (balancer for balancer in self._proxy.serving or () if balancer.manner is manner)
        return {where: balancer for balancer in balancers for where in balancer.ingresses}

    def _provision(self, cluster: Cluster, now: datetime) -> None:
        serving = self._served(Manner.GOOGLE)
        attached = {
            name
            for where, ingress in cluster[Kind.INGRESS].items()
            if where in serving and any(status(ingress))
            for name in gce.certificate_names(ingress)
        }
        self._attached = {name: self._attached.get(name, now) for name in attached}
        served = {file for balancer in self._proxy.serving or () for file in balancer.certificates}
        keep = set(served)
        for where, certificate in cluster[Kind.MANAGED_CERTIFICATE].items():
            self._certificates.issue(certificate, self._attached.get(where), now)
            self._write(where, certificate, self._certificates.status(certificate, served))
            if file := self._certificates.file(certificate):
                keep.add(file)
        self._keyring.forget(keep)

    def _write(self, where: Key, certificate: Object, state: Status) -> None:
        before = certificate.get("status", {})
        if state == before:
            return
        # A merge patch without it would keep the expireTime of the certificate before.
        self._api.patch(Kind.MANAGED_CERTIFICATE, where, {"status": {"expireTime": None} | state})
        if state["certificateName"] != before.get("certificateName"):
            created = f"Create SslCertificate {state['certificateName']}"
            event = Event("Create", created, component="managed-certificate-controller")
            self._events.tell(Kind.MANAGED_CERTIFICATE, certificate, event)

    def _report(
        self, cluster: Cluster, ingress: Object, balancer: LoadBalancer, healthy: Mapping[str, Collection[str]]
    ) -> None:
        if self._life.tell(ingress, balancer.address):
            self._events.tell(Kind.INGRESS, ingress, Event("IPChanged", f"IP is now {balancer.address}"))
        certificates = cluster[Kind.MANAGED_CERTIFICATE]
        named = gce.certificate_names(ingress)
        names = [certificate_name(certificates[name]) for name in named if name in certificates]
        if patch := annotation_patch(ingress, annotations_of(balancer, healthy, names)):
            self._api.patch(Kind.INGRESS, key(ingress), patch)


def _kind(balancer: LoadBalancer) -> Kind:
    """What its `ingresses` are."""
    return Kind.GATEWAY if balancer.manner is Manner.GATEWAY else Kind.INGRESS


def run(home: Home) -> None:
    """Watch and serve until the process is ended."""
    api = Api(home.root / "kubeconfig")
    proxy = Proxy(home)
    if not proxy.alive():
        proxy.apply(Model())
    controller = Controller(api, proxy, Keyring(home), Google(home))
    watch = Watch(api)
    watch.start()
    complaint = ""
    while True:
        if watch.changed.wait(_IDLE if proxy.settled else _BUSY):
            time.sleep(_GATHER)
        watch.changed.clear()
        if (cluster := watch.cluster) is None:
            continue
        try:
            controller.look(cluster, datetime.now(UTC))
            complaint = ""
        except Exception as error:
            # Whatever it was, HAProxy serves on, and the next look starts from the facts again.
            if str(error) != complaint:
                log.exception("A look at the cluster failed; trying again")
                complaint = str(error)
            time.sleep(_IDLE)
