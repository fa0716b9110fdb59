"""The life of a Gateway with the edge: finalizer, address and conditions."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sandbox.edge.backend import NEG
from sandbox.edge.events import Warnings
from sandbox.edge.gateway import FINALIZER, wanted
from sandbox.edge.lifecycle import Lifecycle, Writes
from sandbox.edge.model import LoadBalancer
from sandbox.edge.objects import Cluster, Key, Kind, Object, annotations, key


class Gateways:
    """Tells each where it is served, or why not."""

    def __init__(self, api: Writes) -> None:
        self._api = api
        self._life = Lifecycle(api, Kind.GATEWAY, FINALIZER)

    def look(self, cluster: Cluster, served: Mapping[Key, LoadBalancer], warnings: Warnings, now: datetime) -> None:
        """Take every Gateway one step further."""
        for where, gateway in cluster[Kind.GATEWAY].items():
            if wanted(gateway):
                if not self._life.adopted(gateway):
                    self._life.adopt(gateway)
                    continue
                wrong = warnings.get((Kind.GATEWAY, where))
                balancer = served.get(where)
                if wrong or balancer:
                    self._tell(gateway, balancer, wrong.message if wrong else "", now)
                if balancer:
                    self._group(cluster, balancer)
            elif "deletionTimestamp" in gateway["metadata"] and self._life.adopted(gateway) and where not in served:
                self._life.release(gateway)

    def _group(self, cluster: Cluster, balancer: LoadBalancer) -> None:
        """Mark the Services whose pods it reaches, which are in network endpoint groups from then on."""
        ports: dict[Key, dict[str, dict[str, str]]] = {}
        for backend in balancer.backends:
            for port in cluster[Kind.SERVICE].get(backend.service, {}).get("spec", {}).get("ports", []):
                if port.get("name", "") == backend.port_name:
                    ports.setdefault(backend.service, {})[str(port["port"])] = {}
        for where, exposed in ports.items():
            if NEG not in annotations(cluster[Kind.SERVICE][where]):
                marked = json.dumps({"exposed_ports": exposed}, separators=(",", ":"))
                self._api.patch(Kind.SERVICE, where, {"metadata": {"annotations": {NEG: marked}}})

    def _tell(self, gateway: Object, balancer: LoadBalancer | None, wrong: str, now: datetime) -> None:
        """Write the status, unless it says the same already."""
        generation = gateway["metadata"].get("generation", 0)
        addresses = [{"type": "IPAddress", "value": balancer.address}] if balancer else []
        conditions = [
            _condition("Accepted", not wrong, "Accepted" if not wrong else "Invalid", wrong, generation),
            _condition("Programmed", not wrong, "Programmed" if not wrong else "Invalid", wrong, generation),
        ]
        status = gateway.get("status", {})
        before = [
            {name: value for name, value in condition.items() if name != "lastTransitionTime"}
            for condition in status.get("conditions") or []
        ]
        if before != conditions or status.get("addresses", []) != addresses:
            moment = {"lastTransitionTime": f"{now:%Y-%m-%dT%H:%M:%SZ}"}
            body = {"addresses": addresses, "conditions": [condition | moment for condition in conditions]}
            self._api.patch(Kind.GATEWAY, key(gateway), {"status": body}, "status")


def _condition(kind: str, true: bool, reason: str, message: str, generation: int) -> dict[str, Any]:
    return {
        "type": kind,
        "status": "True" if true else "False",
        "reason": reason,
        "message": message,
        "observedGeneration": generation,
    }
