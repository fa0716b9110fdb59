"""The loop that makes HAProxy serve what the cluster asks for, and tells the cluster what is served."""

import logging
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Protocol

from sandbox.edge.address import status
from sandbox.edge.api import Api
from sandbox.edge.certificates import Certificates, Status, certificate_name
from sandbox.edge.events import Events
from sandbox.edge.model import LoadBalancer, Model
from sandbox.edge.objects import Cluster, Event, Key, Kind, Object
from sandbox.edge.proxy import Proxy
from sandbox.edge.status import annotation_patch, annotations_of
from sandbox.edge.translate import FINALIZER, certificate_names, translate, wanted
from sandbox.edge.watch import Watch
from sandbox.google import Google
from sandbox.home import Home

_IDLE = 1.0
"""Seconds between looks when nothing changes: for drain times, health and certificates."""

_BUSY = 0.2
"""The same while an endpoint waits for its first health check."""

_GATHER = 0.02
"""Seconds that changes may take to arrive together, before one look at them all."""

log = logging.getLogger(__name__)


class Serves(Protocol):
    """What the controller needs of `Proxy`."""

    serving: tuple[LoadBalancer, ...] | None
    settled: bool

    def apply(self, model: Model) -> dict[Key, str]: ...
    def health(self) -> dict[str, bool]: ...


class Writes(Protocol):
    """What the controller needs of `Api`."""

    def patch(self, kind: Kind, where: Key, body: Mapping[str, Any], subresource: str = "") -> None: ...
    def record(self, kind: Kind, about: Object, event: Event) -> None: ...


class Controller:
    """Level-triggered: each look compares the whole cluster with what is served, and forgets the past."""

    def __init__(self, api: Writes, proxy: Serves, certificates: Certificates, google: Google) -> None:
        self._api = api
        self._proxy = proxy
        self._certificates = certificates
        self._google = google
        self._events = Events(api.record)
        self._attached: dict[Key, datetime] = {}
        """Since when each ManagedCertificate is named by an Ingress that has its address."""

    def look(self, cluster: Cluster, now: datetime) -> None:
        """One look at the cluster: serve first, then report."""
        warnings = self._serve(cluster)
        ingresses = cluster[Kind.INGRESS]
        for where, ingress in ingresses.items():
            if wanted(ingress):
                self._adopt(where, ingress)
        self._provision(cluster, now)
        served = {balancer.ingress: balancer for balancer in self._proxy.serving or ()}
        health = self._proxy.health() if served else {}
        for where, ingress in ingresses.items():
            if wanted(ingress) and where in served:
                self._report(cluster, ingress, served[where], health)
            elif where not in served:
                self._release(where, ingress)
        self._events.warn(warnings, ingresses)

    def _serve(self, cluster: Cluster) -> dict[Key, Event]:
        """Apply the model; returns a Warning for each Ingress that is not served as it asks."""
        previous = {balancer.ingress: balancer for balancer in self._proxy.serving or ()}
        translation = translate(cluster, self._google.resources(), self._certificates.file, previous)
        warnings = {where: error.event for where, error in translation.errors.items()}
        unserved = self._proxy.apply(translation.model)
        return warnings | {
            where: Event("Sync", f"Error syncing to GCP: {reason}", warning=True) for where, reason in unserved.items()
        }

    def _adopt(self, where: Key, ingress: Object) -> None:
        """The finalizer comes first: nothing is served that could be deleted unseen."""
        finalizers = ingress["metadata"].get("finalizers", [])
        if FINALIZER not in finalizers:
            self._api.patch(Kind.INGRESS, where, _finalizers(ingress, [*finalizers, FINALIZER]))
            self._events.tell(Kind.INGRESS, ingress, Event("Sync", "Scheduled for sync"))

    def _release(self, where: Key, ingress: Object) -> None:
        """Let go of an Ingress that is no longer served and should not be."""
        finalizers = ingress["metadata"].get("finalizers", [])
        if wanted(ingress) or FINALIZER not in finalizers:
            return
        if any(status(ingress)) and "deletionTimestamp" not in ingress["metadata"]:
            self._api.patch(Kind.INGRESS, where, {"status": {"loadBalancer": {"ingress": None}}}, "status")
        else:
            others = [name for name in finalizers if name != FINALIZER]
            self._api.patch(Kind.INGRESS, where, _finalizers(ingress, others))

    def _provision(self, cluster: Cluster, now: datetime) -> None:
        serving = {balancer.ingress for balancer in self._proxy.serving or ()}
        attached = {
            name
            for where, ingress in cluster[Kind.INGRESS].items()
            if where in serving and any(status(ingress))
            for name in certificate_names(ingress)
        }
        self._attached = {name: self._attached.get(name, now) for name in attached}
        served = {file for balancer in self._proxy.serving or () for file in balancer.certificates}
        keep = set(served)
        for where, certificate in cluster[Kind.MANAGED_CERTIFICATE].items():
            self._certificates.issue(certificate, self._attached.get(where), now)
            self._write(where, certificate, self._certificates.status(certificate, served))
            if file := self._certificates.file(certificate):
                keep.add(file)
        self._certificates.forget(keep)

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

    def _report(self, cluster: Cluster, ingress: Object, balancer: LoadBalancer, health: Mapping[str, bool]) -> None:
        where = balancer.ingress
        if list(status(ingress)) != [balancer.address]:
            body = {"status": {"loadBalancer": {"ingress": [{"ip": balancer.address}]}}}
            self._api.patch(Kind.INGRESS, where, body, "status")
            self._events.tell(Kind.INGRESS, ingress, Event("IPChanged", f"IP is now {balancer.address}"))
        certificates = cluster[Kind.MANAGED_CERTIFICATE]
        names = [certificate_name(certificates[name]) for name in certificate_names(ingress) if name in certificates]
        if patch := annotation_patch(ingress, annotations_of(balancer, health, names)):
            self._api.patch(Kind.INGRESS, where, patch)


def _finalizers(ingress: Object, names: list[str]) -> dict[str, Any]:
    """A patch that fails when another writer was faster: a merge patch replaces the whole list."""
    return {"metadata": {"finalizers": names, "resourceVersion": ingress["metadata"]["resourceVersion"]}}


def run(home: Home) -> None:
    """Watch and serve until the process is ended."""
    api = Api(home.root / "kubeconfig")
    proxy = Proxy(home)
    if not proxy.alive():
        proxy.apply(Model())
    controller = Controller(api, proxy, Certificates(home), Google(home))
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
