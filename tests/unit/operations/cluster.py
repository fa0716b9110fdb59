"""An API server that holds what a test puts into it."""

from typing import Any

from operations.cluster import Cluster, Object

NAMESPACE = "gke-webapp-dev"


class FakeCluster(Cluster):
    def __init__(self) -> None:
        super().__init__()
        self.held: dict[str, list[Object]] = {}
        self.logs: dict[tuple[str, str], list[str]] = {}

    def add(self, kind: str, name: str, **content: Any) -> Object:
        metadata = {"name": name, "namespace": NAMESPACE, "uid": name, "generation": 1, **content.pop("metadata", {})}
        live = {"metadata": metadata, "spec": {}, **content}
        self.held.setdefault(kind, []).append(live)
        return live

    def warn(self, kind: str, name: str, reason: str, message: str, seen: str = "2026-11-21T12:00:00Z") -> None:
        about = {"kind": kind, "name": name, "uid": name}
        said = {"reason": reason, "message": message, "lastTimestamp": seen, "type": "Warning"}
        self.add("Event", f"{name}.{reason}.{seen}", involvedObject=about, **said)

    def objects(self, api_version: str, kind: str, namespace: str, **query: str) -> list[Object]:
        assert namespace == NAMESPACE
        about = query.get("fieldSelector", "").partition("involvedObject.uid=")[2]
        found = [each for each in self.held.get(kind, ()) if not about or each["involvedObject"]["uid"] == about]
        return [{**each, "apiVersion": api_version, "kind": kind} for each in found]

    def log(self, namespace: str, pod: str, container: str, lines: int, *, previous: bool) -> list[str]:
        assert namespace == NAMESPACE and previous in (True, False)
        return self.logs.get((pod, container), [])[-lines:]
