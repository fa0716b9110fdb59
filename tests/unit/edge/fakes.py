"""A cluster of plain objects, and fakes of what the controller talks to."""

from collections.abc import Mapping
from typing import Any

from sandbox.edge.gce import FINALIZER
from sandbox.edge.model import LoadBalancer, Model
from sandbox.edge.objects import Event, Key, Kind, Object

NAMESPACE = "shop"


class FakeCluster(dict[Kind, dict[Key, Object]]):
    """Adds what a web app behind an Ingress consists of; every method takes what to change."""

    def __init__(self) -> None:
        super().__init__({kind: {} for kind in Kind})

    def add(self, kind: Kind, name: str, **parts: Any) -> dict[str, Any]:
        metadata = {
            "namespace": NAMESPACE,
            "name": name,
            "uid": f"00000000-0000-0000-{list(Kind).index(kind):04}-{len(self[kind]):012}",
            "resourceVersion": "1",
            "creationTimestamp": f"2026-01-01T00:00:{len(self[kind]):02}Z",
        }
        thing = {**parts, "metadata": metadata | parts.pop("metadata", {})}
        self[kind][NAMESPACE, name] = thing
        return thing

    def ingress(self, name: str = "web", annotations: dict[str, str] | None = None, **spec: Any) -> dict[str, Any]:
        spec = spec or {"defaultBackend": {"service": {"name": "web", "port": {"number": 8000}}}}
        metadata = {"annotations": annotations or {}, "finalizers": [FINALIZER]}
        return self.add(Kind.INGRESS, name, spec=spec, metadata=metadata)

    def service(self, annotations: dict[str, str] | None = None, name: str = "web", **spec: Any) -> dict[str, Any]:
        spec = {
            "type": "NodePort",
            "selector": {"app": "web"},
            "ports": [{"name": "http", "port": 8000, "targetPort": "app"}],
        } | spec
        return self.add(Kind.SERVICE, name, spec=spec, metadata={"annotations": annotations or {}})

    def endpoints(self, **conditions: tuple[bool, bool, bool]) -> None:
        """One slice; addresses by the last number of 10.244.0.x, as `a5=(ready, serving, terminating)`."""
        endpoints = [
            {
                "addresses": [f"10.244.0.{name[1:]}"],
                "conditions": dict(zip(("ready", "serving", "terminating"), states, strict=True)),
            }
            for name, states in conditions.items()
        ]
        self.add(
            Kind.ENDPOINT_SLICE,
            f"web-{len(self[Kind.ENDPOINT_SLICE])}",
            metadata={"labels": {"kubernetes.io/service-name": "web"}},
            addressType="IPv4",
            ports=[{"name": "http", "port": 8000}],
            endpoints=endpoints,
        )

    def pod(self, probe: dict[str, Any], name: str = "web-0") -> None:
        container = {"ports": [{"containerPort": 8000, "name": "app"}], "readinessProbe": probe}
        spec = {"containers": [{}, container]}
        self.add(Kind.POD, name, spec=spec, metadata={"labels": {"app": "web", "pod-template-hash": "1"}})

    def certificate(self, name: str = "web", domains: tuple[str, ...] = ("shop.example.com",)) -> dict[str, Any]:
        return self.add(Kind.MANAGED_CERTIFICATE, name, spec={"domains": list(domains)})


class FakeApi:
    """Applies the controller's patches to the fake cluster, as the API server would, and keeps a record."""

    def __init__(self, cluster: FakeCluster) -> None:
        self.cluster = cluster
        self.events: list[Event] = []
        self.patches: list[tuple[Kind, str, str]] = []
        """Kind, name, and the top-level field that was patched."""

    def patch(self, kind: Kind, where: Key, body: Mapping[str, Any], subresource: str = "") -> None:
        thing = self.cluster[kind][where]
        if version := body.get("metadata", {}).get("resourceVersion"):
            assert version == thing["metadata"]["resourceVersion"]
        self.patches.append((kind, where[1], subresource or next(iter(body))))
        self.cluster[kind][where] = merged = _merge(thing, body)
        if "deletionTimestamp" in merged["metadata"] and not merged["metadata"]["finalizers"]:
            del self.cluster[kind][where]

    def record(self, kind: Kind, about: Object, event: Event) -> None:
        assert about["metadata"]["uid"].split("-")[3] == f"{list(Kind).index(kind):04}"
        self.events.append(event)


class FakeProxy:
    """Serves whatever it is given, but for Ingresses on an address that is taken."""

    def __init__(self) -> None:
        self.serving: tuple[LoadBalancer, ...] | None = None
        self.settled = True
        self.taken: set[str] = set()
        self.stuck = False
        self.up: dict[str, frozenset[str]] = {}

    def apply(self, model: Model) -> dict[Key, str]:
        if not self.stuck:
            self.serving = tuple(one for one in model.balancers if one.address not in self.taken)
        return {
            where: f"{one.address}:80 is held by caddy"
            for one in model.balancers
            if one.address in self.taken
            for where in one.ingresses
        }

    def healthy(self) -> dict[str, frozenset[str]]:
        return self.up


def _merge(thing: Mapping[str, Any], patch: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(thing)
    for name, value in patch.items():
        if value is None:
            merged.pop(name, None)
        elif isinstance(value, Mapping):
            merged[name] = _merge(merged.get(name, {}), value)
        else:
            merged[name] = value
    return merged
