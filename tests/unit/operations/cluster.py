"""An API server that holds what a test puts into it."""

from typing import Any

from sandbox.providers.kubernetes.client import Client
from sandbox.providers.kubernetes.errors import NoSuchKindError
from sandbox.providers.kubernetes.kinds import Object

NAMESPACE = "gke-webapp-dev"
SERVED = frozenset(
    ("Deployment", "StatefulSet", "Job", "HorizontalPodAutoscaler", "Service", "Ingress", "Pod", "Event")
)


class Cluster(Client):
    """Objects by kind; kinds of GKE's own are served once there is one."""

    def __init__(self) -> None:
        self.server = "https://127.0.0.1"
        self.objects: dict[str, list[Object]] = {}
        self.logs: dict[tuple[str, str], list[str]] = {}

    def add(self, kind: str, name: str, **content: Any) -> Object:
        metadata = {"name": name, "namespace": NAMESPACE, "uid": name, "generation": 1, **content.pop("metadata", {})}
        live = {"metadata": metadata, "spec": {}, **content}
        self.objects.setdefault(kind, []).append(live)
        return live

    def warn(self, kind: str, name: str, reason: str, message: str, seen: str = "2026-11-21T12:00:00Z") -> None:
        about = {"kind": kind, "name": name, "uid": name}
        said = {"reason": reason, "message": message, "lastTimestamp": seen, "type": "Warning"}
        self.add("Event", f"{name}.{reason}.{seen}", involvedObject=about, **said)

    def select(self, api_version: str, kind: str, namespace: str | None, **query: str) -> list[Object]:
        if kind not in SERVED and kind not in self.objects:
            raise NoSuchKindError(f"no {kind} of {api_version} in {namespace}")
        found = self.objects.get(kind, [])
        about = query.get("fieldSelector", "").partition("involvedObject.uid=")[2]
        return [each for each in found if not about or each["involvedObject"]["uid"] == about]

    def get(self, thing: Object) -> Object | None:
        found = [each for each in self.objects.get(thing["kind"], ()) if each["metadata"] == thing["metadata"]]
        return found[0] if found else None

    def log(self, namespace: str, pod: str, container: str, lines: int, *, previous: bool) -> list[str]:
        assert namespace == NAMESPACE and previous in (True, False)
        return self.logs.get((pod, container), [])[-lines:]
