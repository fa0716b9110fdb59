"""Why an object is not ready: its pods' own reasons, what containers last wrote, and warnings about it."""

from collections.abc import Iterator
from typing import Any, Literal

from sandbox.providers.kubernetes.client import Client
from sandbox.providers.kubernetes.errors import ApiError, NoSuchKindError
from sandbox.providers.kubernetes.kinds import Object, identifier
from sandbox.providers.kubernetes.readiness import awaits_endpoints, conditions, readiness, remarks

LOG_LINES = 8


def diagnose(client: Client, live: Object, *, whole: bool = True) -> list[str]:
    """Sentences, those with log lines below them last; empty when nothing is known. Reads, and only reads.

    Containers that ended are told with their log; those that run only in the `whole` diagnosis.
    """
    rule = readiness(live)
    found = list(remarks(live))
    if rule is not None and rule.owns_pods:
        found += _pods(client, live["metadata"]["namespace"], live["spec"].get("selector") or {}, whole)
    elif (live["apiVersion"], live["kind"]) == ("v1", "Pod"):
        found += _pod(client, live, whole)
    elif awaits_endpoints(live):
        selector = {"matchLabels": live["spec"]["selector"]}
        found += _pods(client, live["metadata"]["namespace"], selector, whole)
    elif live["kind"] == "Ingress":
        found += _missing_backends(client, live)
    return sorted([*found, *_warnings(client, live)], key=lambda text: "\n" in text)


def label_selector(selector: Object) -> str:
    """A LabelSelector as the API's query parameter."""
    terms = [f"{key}={value}" for key, value in (selector.get("matchLabels") or {}).items()]
    for expression in selector.get("matchExpressions") or ():
        key, values = expression["key"], ",".join(expression.get("values") or ())
        match expression["operator"]:
            case "In":
                terms.append(f"{key} in ({values})")
            case "NotIn":
                terms.append(f"{key} notin ({values})")
            case "Exists":
                terms.append(key)
            case _:
                terms.append(f"!{key}")
    return ",".join(terms)


Stage = Literal["waiting", "running", "ended"]


def troubles(pod: Object) -> Iterator[tuple[str, str, Stage]]:
    """Container (empty for the whole pod), reason with message, and how far the container came, in turn."""
    status = pod.get("status", {})
    scheduled = conditions(pod).get("PodScheduled", {})
    if scheduled.get("status") == "False":
        yield "", f"[{scheduled.get('reason')}] {scheduled.get('message', '')}", "waiting"
    if status.get("reason"):
        yield "", f"[{status['reason']}] {status.get('message', '')}", "waiting"
    containers = [*(status.get("initContainerStatuses") or ()), *(status.get("containerStatuses") or ())]
    for container in containers:
        name, state = container["name"], container.get("state", {})
        ended = state.get("terminated") or container.get("lastState", {}).get("terminated")
        waiting = state.get("waiting") or {}
        if waiting and waiting.get("reason") not in ("ContainerCreating", "PodInitializing"):
            yield (
                name,
                f"[{waiting.get('reason')}] {waiting.get('message', '')}".rstrip(),
                "ended" if ended else "waiting",
            )
        elif ended and ended.get("exitCode") != 0:
            yield name, f"[{ended.get('reason')}] exit code {ended.get('exitCode')}", "ended"
        elif "running" in state and not container.get("ready"):
            yield name, "is running but not ready", "running"


def unselected(selector: dict[str, str], pods: list[Object]) -> str:
    """Why a Service selects no pod, naming the label that the nearest pod lacks."""
    wanted = ", ".join(f"{key}={value}" for key, value in selector.items())
    text = f"The Service selects no pod: none carries {wanted}."

    def missing(pod: Object) -> list[str]:
        labels = pod["metadata"].get("labels") or {}
        return [f"{key}={value}" for key, value in selector.items() if labels.get(key) != value]

    near = min(pods, key=lambda pod: len(missing(pod)), default=None)
    if near is not None and len(missing(near)) < len(selector):
        text += f" Pod {identifier(near)} lacks only {', '.join(missing(near))}."
    return text


def _pods(client: Client, namespace: str, selector: Object, whole: bool) -> Iterator[str]:
    for pod in client.select("v1", "Pod", namespace, labelSelector=label_selector(selector)):
        ready = conditions(pod).get("Ready", {}).get("status") == "True"
        if not ready and pod.get("status", {}).get("phase") != "Succeeded":
            yield from _pod(client, {"apiVersion": "v1", "kind": "Pod", **pod}, whole)


def _pod(client: Client, pod: Object, whole: bool) -> Iterator[str]:
    namespace, name = pod["metadata"]["namespace"], pod["metadata"]["name"]
    found = list(troubles(pod))
    for container, reason, stage in found:
        where = f"Pod {identifier(pod)}" + (f", container {container}" if container else "")
        logged = stage == "ended" or (whole and stage == "running")
        lines = _log(client, namespace, name, container) if logged else []
        yield "\n    ".join([f"{where}: {reason}", *lines])
    # While the kubelet backs off, only its events hold the registry's answer, or a failing probe's.
    if all(container and stage != "ended" for container, _, stage in found):
        yield from _warnings(client, pod)


def _log(client: Client, namespace: str, pod: str, container: str) -> list[str]:
    """The last lines of a container; of the one before it when it was started anew and is silent."""
    return client.log(namespace, pod, container, LOG_LINES, previous=False) or client.log(
        namespace, pod, container, LOG_LINES, previous=True
    )


def _warnings(client: Client, live: Object) -> Iterator[str]:
    """The object's latest Warning event of each reason."""
    metadata = live["metadata"]
    namespace = metadata.get("namespace") or "default"
    query = f"type=Warning,involvedObject.uid={metadata.get('uid', '')}"
    try:
        events = client.select("v1", "Event", namespace, fieldSelector=query)
    except (ApiError, NoSuchKindError):
        return
    events.sort(key=_seen)
    latest = {event.get("reason"): event for event in events}
    for reason, event in latest.items():
        yield f"{live['kind']} {identifier(live)}: [{reason}] {event.get('message', '')}"


def _seen(event: dict[str, Any]) -> str:
    return event.get("lastTimestamp") or event.get("eventTime") or event["metadata"]["creationTimestamp"]


def _missing_backends(client: Client, ingress: Object) -> Iterator[str]:
    spec = ingress["spec"]
    paths = [path for rule in spec.get("rules") or () for path in rule.get("http", {}).get("paths") or ()]
    backends = [path["backend"] for path in paths] + [spec.get("defaultBackend") or {}]
    names = {backend["service"]["name"] for backend in backends if "service" in backend}
    namespace = ingress["metadata"]["namespace"]
    for name in sorted(names):
        service = {"apiVersion": "v1", "kind": "Service", "metadata": {"namespace": namespace, "name": name}}
        if client.get(service) is None:
            yield f"Ingress {identifier(ingress)} sends traffic to Service {name}, which does not exist."
