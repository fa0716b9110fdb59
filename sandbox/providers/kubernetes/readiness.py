"""When an object counts as ready: pure rules on its live form, as in the published provider."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from sandbox.providers.kubernetes.kinds import Object, group_of


@dataclass(frozen=True)
class Verdict:
    """Ready, failed for good, or still waiting; `reason` says why it is not ready."""

    ready: bool = False
    failed: bool = False
    reason: str = ""


READY = Verdict(ready=True)


def conditions(live: Object) -> dict[str, dict[str, Any]]:
    """The status conditions by their type."""
    return {condition["type"]: condition for condition in live.get("status", {}).get("conditions") or ()}


def _waiting(reason: str) -> Verdict:
    return Verdict(reason=reason)


def _failed(condition: dict[str, Any]) -> Verdict:
    return Verdict(failed=True, reason=f"[{condition.get('reason')}] {condition.get('message', '')}")


def _observed(live: Object) -> bool:
    return live.get("status", {}).get("observedGeneration", 0) >= live["metadata"].get("generation", 0)


def _deployment(live: Object) -> Verdict:
    status, wanted = live.get("status", {}), live["spec"].get("replicas", 1)
    progressing = conditions(live).get("Progressing", {})
    if progressing.get("reason") == "ProgressDeadlineExceeded":
        return _failed(progressing)
    if not _observed(live):
        return _waiting("the Deployment controller has not seen the change yet")
    updated, available = status.get("updatedReplicas", 0), status.get("availableReplicas", 0)
    if updated < wanted:
        return _waiting(f"{updated} of {wanted} new pods exist")
    if (old := status.get("replicas", 0) - updated) > 0:
        return _waiting(f"{old} old pods are still running")
    if available < wanted:
        return _waiting(f"{available} of {wanted} pods are available")
    return READY


def _stateful_set(live: Object) -> Verdict:
    status, wanted = live.get("status", {}), live["spec"].get("replicas", 1)
    if not _observed(live):
        return _waiting("the StatefulSet controller has not seen the change yet")
    if (ready := status.get("readyReplicas", 0)) < wanted or status.get("replicas", 0) != wanted:
        return _waiting(f"{ready} of {wanted} pods are ready")
    by_hand = live["spec"].get("updateStrategy", {}).get("type") == "OnDelete"
    if not by_hand and status.get("currentRevision") != status.get("updateRevision"):
        return _waiting(f"{status.get('updatedReplicas', 0)} of {wanted} pods run the new revision")
    return READY


def _daemon_set(live: Object) -> Verdict:
    status = live.get("status", {})
    if not _observed(live):
        return _waiting("the DaemonSet controller has not seen the change yet")
    wanted = status.get("desiredNumberScheduled", 0)
    by_hand = live["spec"].get("updateStrategy", {}).get("type") == "OnDelete"
    if not by_hand and (updated := status.get("updatedNumberScheduled", 0)) < wanted:
        return _waiting(f"{updated} of {wanted} nodes run the new pod")
    if (available := status.get("numberAvailable", 0)) < wanted:
        return _waiting(f"the pod is available on {available} of {wanted} nodes")
    return READY


def _pod(live: Object) -> Verdict:
    phase = live.get("status", {}).get("phase")
    if phase == "Succeeded" or conditions(live).get("Ready", {}).get("status") == "True":
        return READY
    return Verdict(failed=phase == "Failed", reason=f"the pod is {phase or 'not seen by the scheduler yet'}")


def _job(live: Object) -> Verdict:
    found, status = conditions(live), live.get("status", {})
    if found.get("Failed", {}).get("status") == "True":
        return _failed(found["Failed"])
    if found.get("Complete", {}).get("status") == "True":
        return READY
    counts = ", ".join(f"{status.get(state, 0)} {state}" for state in ("active", "succeeded", "failed"))
    return _waiting(f"the Job is not complete ({counts})")


def _balanced(live: Object) -> Verdict:
    if live.get("status", {}).get("loadBalancer", {}).get("ingress"):
        return READY
    return _waiting("no address was assigned (.status.loadBalancer.ingress is empty)")


def _service(live: Object) -> Verdict:
    return _balanced(live) if live["spec"].get("type") == "LoadBalancer" else READY


def _volume_claim(live: Object) -> Verdict:
    phase = live.get("status", {}).get("phase")
    return READY if phase == "Bound" else _waiting(f"the claim is {phase or 'new'}, not Bound")


def _volume(live: Object) -> Verdict:
    phase = live.get("status", {}).get("phase")
    return READY if phase in ("Available", "Bound") else _waiting(f"the volume is {phase or 'new'}")


def _namespace(live: Object) -> Verdict:
    phase = live.get("status", {}).get("phase")
    return READY if phase == "Active" else _waiting(f"the namespace is {phase or 'new'}, not Active")


def _quota(live: Object) -> Verdict:
    same = live["spec"].get("hard") == live.get("status", {}).get("hard")
    return READY if same else _waiting("the quota is not in force yet")


def _definition(live: Object) -> Verdict:
    found = conditions(live)
    names = found.get("NamesAccepted", {})
    if names.get("status") == "False":
        return _failed(names)
    if found.get("Established", {}).get("status") == "True":
        return READY
    return _waiting("the API server does not serve the new kind yet")


def _replication_controller(live: Object) -> Verdict:
    wanted, available = live["spec"].get("replicas", 1), live.get("status", {}).get("availableReplicas", 0)
    return READY if _observed(live) and available == wanted else _waiting(f"{available} of {wanted} pods are available")


def _secret(live: Object) -> Verdict:
    if live.get("type") != "kubernetes.io/service-account-token" or live.get("data"):
        return READY
    return _waiting("no token was written into it")


@dataclass(frozen=True)
class Readiness:
    """A kind's rule and how long it may take, in seconds, unless the program says otherwise."""

    rule: Callable[[Object], Verdict]
    seconds: float = 600
    owns_pods: bool = False


READINESS: dict[tuple[str, str], Readiness] = {
    ("apps", "Deployment"): Readiness(_deployment, owns_pods=True),
    ("apps", "StatefulSet"): Readiness(_stateful_set, owns_pods=True),
    ("apps", "DaemonSet"): Readiness(_daemon_set, owns_pods=True),
    ("batch", "Job"): Readiness(_job, owns_pods=True),
    ("", "ReplicationController"): Readiness(_replication_controller),
    ("", "Pod"): Readiness(_pod),
    ("", "Secret"): Readiness(_secret, seconds=5),
    ("", "Service"): Readiness(_service),
    ("networking.k8s.io", "Ingress"): Readiness(_balanced),
    ("", "PersistentVolumeClaim"): Readiness(_volume_claim, seconds=300),
    ("", "PersistentVolume"): Readiness(_volume, seconds=300),
    ("", "Namespace"): Readiness(_namespace, seconds=300),
    ("", "ResourceQuota"): Readiness(_quota, seconds=60),
    ("apiextensions.k8s.io", "CustomResourceDefinition"): Readiness(_definition, seconds=60),
}
"""Kinds that are waited for; every other is ready once it exists. Times are the published provider's."""


def readiness(thing: Object) -> Readiness | None:
    """The rule for an object's kind, if it is one that is waited for."""
    return READINESS.get((group_of(thing["apiVersion"]), thing["kind"]))


def awaits_endpoints(live: Object) -> bool:
    """Whether this is a Service that sends traffic to pods the cluster finds for it."""
    if (live["apiVersion"], live["kind"]) != ("v1", "Service"):
        return False
    spec = live["spec"]
    named, headless = spec.get("type") == "ExternalName", spec.get("clusterIP") == "None"
    return bool(spec.get("selector")) and not named and not headless


def endpoints(slices: list[Object]) -> tuple[int, int]:
    """How many pods behind a Service are ready, and how many are not yet; ending ones count for neither."""
    states = [endpoint.get("conditions") or {} for piece in slices for endpoint in piece.get("endpoints") or ()]
    ready = sum(state.get("ready") is not False for state in states)
    pending = sum(state.get("ready") is False and not state.get("terminating") for state in states)
    return ready, pending


def remarks(live: Object) -> Iterator[str]:
    """What a controller says in the object's conditions about why it gets nowhere, such as a full quota."""
    for kind, condition in conditions(live).items():
        stuck = kind == "ReplicaFailure" and condition.get("status") == "True"
        lasting = kind.startswith("Namespace") and condition.get("status") == "True"
        if (stuck or lasting) and condition.get("message"):
            yield f"[{condition.get('reason')}] {condition['message']}"
