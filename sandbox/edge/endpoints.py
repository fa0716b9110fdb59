"""Where a backend's pods listen, from the Service's EndpointSlices."""

from collections.abc import Iterator

from sandbox.edge.model import Backend, Endpoint
from sandbox.edge.objects import Cluster, Kind


def endpoints(cluster: Cluster, backend: Backend) -> tuple[Endpoint, ...]:
    """The endpoints that take requests, and terminating ones that still serve; one that is both counts as the former.

    In a network endpoint group these are pods that are not ready, too: they wait for the load balancer's health check.
    """
    found: dict[str, Endpoint] = {}
    for endpoint in sorted(_listed(cluster, backend), key=lambda one: one.draining):
        found.setdefault(endpoint.name, endpoint)
    return tuple(found[name] for name in sorted(found))


def _listed(cluster: Cluster, backend: Backend) -> Iterator[Endpoint]:
    namespace, service = backend.service
    for (where, _), piece in cluster[Kind.ENDPOINT_SLICE].items():
        name = piece["metadata"].get("labels", {}).get("kubernetes.io/service-name")
        if (where, name, piece["addressType"]) != (namespace, service, "IPv4"):
            continue
        ports = [port["port"] for port in piece.get("ports") or [] if port.get("name", "") == backend.port_name]
        for endpoint in piece.get("endpoints") or []:
            conditions = endpoint.get("conditions", {})
            terminating = bool(conditions.get("terminating"))
            taking = conditions.get("ready", True) or (backend.endpoint_group and not terminating)
            draining = not taking and terminating and bool(conditions.get("serving"))
            if taking or draining:
                yield from (Endpoint(address, port, draining) for port in ports for address in endpoint["addresses"])
