"""Why an object is not ready: its pods' own reasons, what containers last wrote, and warnings about it."""

from collections.abc import Iterator

from operations.cluster import Cluster, Object
from operations.readiness import conditions

LOG_LINES = 8

STARTING = ("ContainerCreating", "PodInitializing")
"""Reasons for which a container waits while nothing is wrong."""


def diagnose(cluster: Cluster, live: Object) -> list[str]:
    """Sentences, those with log lines below them last; empty when nothing is known."""
    namespace = live["metadata"]["namespace"]
    found = [
        f"[{condition.get('reason')}] {condition['message']}"
        for kind, condition in conditions(live).items()
        if kind == "ReplicaFailure" and condition.get("status") == "True" and condition.get("message")
    ]
    if live["kind"] == "Ingress":
        found += _missing_backends(cluster, live)
    elif selector := (live["spec"].get("selector") or {}).get("matchLabels"):
        labels = ",".join(f"{key}={value}" for key, value in selector.items())
        for pod in cluster.objects("v1", "Pod", namespace, labelSelector=labels):
            found += _pod(cluster, pod)
    return sorted([*found, *warnings(cluster, live)], key=lambda text: "\n" in text)


def warnings(cluster: Cluster, live: Object) -> Iterator[str]:
    """The object's latest Warning event of each reason."""
    metadata = live["metadata"]
    about = f"type=Warning,involvedObject.uid={metadata.get('uid', '')}"
    events = sorted(cluster.objects("v1", "Event", metadata["namespace"], fieldSelector=about), key=seen)
    latest = {event.get("reason"): event for event in events}
    for reason, event in latest.items():
        yield f"{live['kind']} {metadata['name']}: [{reason}] {event.get('message', '')}"


def seen(event: Object) -> str:
    """When an event was last seen."""
    return event.get("lastTimestamp") or event.get("eventTime") or event["metadata"]["creationTimestamp"]


def _pod(cluster: Cluster, pod: Object) -> Iterator[str]:
    status = pod.get("status", {})
    if conditions(pod).get("Ready", {}).get("status") == "True" or status.get("phase") == "Succeeded":
        return
    name = pod["metadata"]["name"]
    scheduled = conditions(pod).get("PodScheduled", {})
    if scheduled.get("status") == "False":
        yield f"Pod {name}: [{scheduled.get('reason')}] {scheduled.get('message', '')}"
    if status.get("reason"):
        yield f"Pod {name}: [{status['reason']}] {status.get('message', '')}"
    for container in (*(status.get("initContainerStatuses") or ()), *(status.get("containerStatuses") or ())):
        if reason := _container(container):
            lines = _log(cluster, pod["metadata"]["namespace"], name, container["name"])
            yield "\n    ".join([f"Pod {name}, container {container['name']}: {reason}", *lines])
    yield from warnings(cluster, pod)


def _container(container: Object) -> str:
    """What keeps it from being ready; empty when it is, or only starts."""
    state = container.get("state", {})
    waiting = state.get("waiting") or {}
    ended = state.get("terminated") or container.get("lastState", {}).get("terminated") or {}
    if waiting and waiting.get("reason") not in STARTING:
        return f"[{waiting.get('reason')}] {waiting.get('message', '')}".rstrip()
    if ended.get("exitCode"):
        return f"[{ended.get('reason')}] exit code {ended['exitCode']}"
    return "is running but not ready" if "running" in state and not container.get("ready") else ""


def _log(cluster: Cluster, namespace: str, pod: str, container: str) -> list[str]:
    """Of the container before it when it was started anew and is silent."""
    return cluster.log(namespace, pod, container, LOG_LINES, previous=False) or cluster.log(
        namespace, pod, container, LOG_LINES, previous=True
    )


def _missing_backends(cluster: Cluster, ingress: Object) -> Iterator[str]:
    spec, namespace = ingress["spec"], ingress["metadata"]["namespace"]
    paths = [path for rule in spec.get("rules") or () for path in rule.get("http", {}).get("paths") or ()]
    backends = [*(path["backend"] for path in paths), spec.get("defaultBackend") or {}]
    names = {backend["service"]["name"] for backend in backends if "service" in backend}
    there = {service["metadata"]["name"] for service in cluster.objects("v1", "Service", namespace)}
    for name in sorted(names - there):
        yield f"Ingress {ingress['metadata']['name']} sends traffic to Service {name}, which does not exist."
