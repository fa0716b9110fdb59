"""The readiness gate of pods behind a network endpoint group: passed once the load balancer's health check is.

As GKE's controller of these groups has it: once passed it stays so, and a pod that no load balancer reaches passes, too
(kubernetes/ingress-gce, pkg/neg/readiness).
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from sandbox.edge.lifecycle import Writes
from sandbox.edge.model import Backend
from sandbox.edge.objects import Cluster, Kind, Object, key

GATE = "cloud.google.com/load-balancer-neg-ready"
TIMEOUT = timedelta(minutes=10)
"""Age of a pod at which it passes all the same (ingress-gce, pkg/neg/readiness, `unreadyTimeout`)."""


class Readiness:
    """Tells pods with the gate how far they are."""

    def __init__(self, api: Writes) -> None:
        self._api = api

    def look(
        self, cluster: Cluster, backends: Iterable[Backend], healthy: Mapping[str, Collection[str]], now: datetime
    ) -> None:
        """`backends` are those of Google's load balancers; `healthy` has the addresses that passed, by backend."""
        grouped = [backend for backend in backends if backend.endpoint_group]
        for where, pod in cluster[Kind.POD].items():
            if not waiting(pod):
                continue
            groups = [backend.name for backend in grouped if _selects(cluster, backend, pod)]
            passed = [name for name in groups if pod.get("status", {}).get("podIP") in healthy.get(name, ())]
            condition = _condition(pod, groups, passed, now)
            if condition not in _conditions(pod):
                self._api.patch(Kind.POD, where, {"status": {"conditions": [condition]}}, "status")


def waiting(pod: Object) -> bool:
    """Whether it has the gate and has not passed it; not one that is ending."""
    gates = [gate["conditionType"] for gate in pod["spec"].get("readinessGates") or []]
    passed = any(each["status"] == "True" for each in _conditions(pod))
    return GATE in gates and not passed and "deletionTimestamp" not in pod["metadata"]


def _conditions(pod: Object) -> list[dict[str, Any]]:
    """The gate's, without what the API server adds."""
    found = pod.get("status", {}).get("conditions") or []
    fields = ("type", "status", "reason", "message")
    return [{name: each.get(name) for name in fields} for each in found if each["type"] == GATE]


def _selects(cluster: Cluster, backend: Backend, pod: Object) -> bool:
    service = cluster[Kind.SERVICE].get(backend.service, {})
    selector = service.get("spec", {}).get("selector") or {}
    same = key(pod)[0] == backend.service[0]
    return same and bool(selector) and selector.items() <= pod["metadata"].get("labels", {}).items()


def _condition(pod: Object, groups: list[str], passed: list[str], now: datetime) -> dict[str, Any]:
    """In the controller's words."""
    passing = f'Marking condition "{GATE}" to True.'
    wait = f"pod to become healthy in at least one of the NEG(s): [{' '.join(groups)}]"
    if passed:
        reason = "LoadBalancerNegReady"
        message = f'Pod has become Healthy in NEG "{passed[0]}" attached to BackendService "{passed[0]}". {passing}'
    elif not groups:
        reason, message = "LoadBalancerNegReady", f"Pod does not belong to any NEG. {passing}"
    elif now - datetime.fromisoformat(pod["metadata"]["creationTimestamp"]) > TIMEOUT:
        reason, message = "LoadBalancerNegTimeout", f"Timeout waiting for {wait}. {passing}"
    else:
        return {"type": GATE, "status": "False", "reason": "LoadBalancerNegNotReady", "message": f"Waiting for {wait}"}
    return {"type": GATE, "status": "True", "reason": reason, "message": message}
