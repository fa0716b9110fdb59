"""What a cluster would add to an object that is created, made up for programs that read it."""

from collections.abc import Callable

from sandbox.graph.plugins.kubernetes.kinds import Object, kind_of, metadata_of

COMPUTED = "[computed]"
"""Stands for text that only a cluster could know."""

LOAD_BALANCER: Object = {"loadBalancer": {"ingress": [{"ip": COMPUTED, "hostname": COMPUTED}]}}


def with_outputs(thing: Object) -> Object:
    """The object with an identity and, where it serves or runs to an end, with the status of one that is ready."""
    added = _ADDED[kind_of(thing)](thing) if kind_of(thing) in _ADDED else {}
    metadata = {"uid": COMPUTED, "resourceVersion": COMPUTED, "creationTimestamp": COMPUTED}
    return {**added, **thing, **_merged_spec(added, thing), "metadata": {**metadata, **metadata_of(thing)}}


def _merged_spec(added: Object, thing: Object) -> Object:
    spec = added.get("spec")
    return {"spec": {**spec, **thing.get("spec", {})}} if spec else {}


def _service(thing: Object) -> Object:
    spec = thing.get("spec") or {}
    addresses = {} if spec.get("type") == "ExternalName" else {"clusterIP": COMPUTED, "clusterIPs": [COMPUTED]}
    return {"spec": addresses, "status": LOAD_BALANCER if spec.get("type") == "LoadBalancer" else {"loadBalancer": {}}}


def _replicated(thing: Object) -> Object:
    replicas = (thing.get("spec") or {}).get("replicas", 1)
    return {"status": {"replicas": replicas, "readyReplicas": replicas, "availableReplicas": replicas}}


def _job(thing: Object) -> Object:
    return {"status": {"succeeded": (thing.get("spec") or {}).get("completions", 1)}}


def _status(status: Object) -> Callable[[Object], Object]:
    def added(_thing: Object) -> Object:
        return {"status": status}

    return added


_ADDED: dict[str, Callable[[Object], Object]] = {
    "Service": _service,
    "Ingress": _status(LOAD_BALANCER),
    "Gateway": _status({"addresses": [{"type": "IPAddress", "value": COMPUTED}]}),
    "Deployment": _replicated,
    "StatefulSet": _replicated,
    "Job": _job,
    "Namespace": _status({"phase": "Active"}),
    "PersistentVolumeClaim": _status({"phase": "Bound"}),
}
