"""Whether a workload is rolled out, by the rules by which `pulumi up` waits for it."""

from collections.abc import Callable
from typing import Any

from operations.cluster import Object


def conditions(live: Object) -> dict[str, dict[str, Any]]:
    """The status conditions by their type."""
    return {condition["type"]: condition for condition in live.get("status", {}).get("conditions") or ()}


def unready(live: Object) -> str:
    """Why the object is not ready yet, or never will be; empty when it is."""
    return RULES[live["kind"]](live)


def _deployment(live: Object) -> str:
    status, wanted = live.get("status", {}), live["spec"].get("replicas", 1)
    progressing = conditions(live).get("Progressing", {})
    updated, available = status.get("updatedReplicas", 0), status.get("availableReplicas", 0)
    if progressing.get("reason") == "ProgressDeadlineExceeded":
        return f"[{progressing['reason']}] {progressing.get('message', '')}"
    if not _observed(live):
        return "the Deployment controller has not seen the change yet"
    if updated < wanted:
        return f"{updated} of {wanted} new pods exist"
    if (old := status.get("replicas", 0) - updated) > 0:
        return f"{old} old pods are still running"
    return "" if available >= wanted else f"{available} of {wanted} pods are available"


def _stateful_set(live: Object) -> str:
    status, wanted = live.get("status", {}), live["spec"].get("replicas", 1)
    if not _observed(live):
        return "the StatefulSet controller has not seen the change yet"
    if (ready := status.get("readyReplicas", 0)) < wanted or status.get("replicas", 0) != wanted:
        return f"{ready} of {wanted} pods are ready"
    if status.get("currentRevision") != status.get("updateRevision"):
        return f"{status.get('updatedReplicas', 0)} of {wanted} pods run the new revision"
    return ""


def _job(live: Object) -> str:
    found, status = conditions(live), live.get("status", {})
    if found.get("Failed", {}).get("status") == "True":
        return f"[{found['Failed'].get('reason')}] {found['Failed'].get('message', '')}"
    if found.get("Complete", {}).get("status") == "True":
        return ""
    counts = ", ".join(f"{status.get(state, 0)} {state}" for state in ("active", "succeeded", "failed"))
    return f"the Job is not complete ({counts})"


def _service(live: Object) -> str:
    return "" if live.get("status", {}).get("loadBalancer", {}).get("ingress") else "no address was assigned"


def _observed(live: Object) -> bool:
    return live.get("status", {}).get("observedGeneration", 0) >= live["metadata"].get("generation", 0)


RULES: dict[str, Callable[[Object], str]] = {
    "Deployment": _deployment,
    "StatefulSet": _stateful_set,
    "Job": _job,
    "Service": _service,
}
