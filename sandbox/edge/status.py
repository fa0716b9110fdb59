"""The annotations that GKE writes on an Ingress."""

import json
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from sandbox.edge import naming
from sandbox.edge.model import LoadBalancer
from sandbox.edge.objects import Object, annotations

_PREFIX = "ingress.kubernetes.io"
_PRE_SHARED = "ingress.gcp.kubernetes.io/pre-shared-cert"


def annotations_of(
    balancer: LoadBalancer, healthy: Mapping[str, Collection[str]], certificates: Iterable[str]
) -> dict[str, str | None]:
    """The annotations of a served Ingress; None for one that must not be there.

    `healthy` has endpoints by backend name, without those that have none at all; `certificates` are the names that the
    Ingress's ManagedCertificates have at Google.
    """
    kinds = {
        "url-map": "um",
        "redirect-url-map": "rm" if any(route.redirect for route in balancer.routes) else None,
        "forwarding-rule": "fr" if balancer.http else None,
        "target-proxy": "tp" if balancer.http else None,
        "https-forwarding-rule": "fs" if balancer.certificates else None,
        "https-target-proxy": "ts" if balancer.certificates else None,
    }
    names = {
        f"{_PREFIX}/{kind}": naming.resource(short, balancer.name) if short else None for kind, short in kinds.items()
    }
    states = {backend.name: _health(healthy.get(backend.name)) for backend in balancer.backends}
    attached = ",".join(sorted(certificates)) or None
    return names | {
        f"{_PREFIX}/backends": json.dumps(states, sort_keys=True, separators=(",", ":")),
        f"{_PREFIX}/ssl-cert": attached,
        _PRE_SHARED: attached,
    }


def _health(healthy: Collection[str] | None) -> str:
    if healthy is None:
        return "Unknown"
    return "HEALTHY" if healthy else "UNHEALTHY"


def annotation_patch(ingress: Object, wanted: Mapping[str, str | None]) -> dict[str, Any] | None:
    """A merge patch to the wanted annotations; None when all are as wanted."""
    now = annotations(ingress)
    changes = {name: value for name, value in wanted.items() if now.get(name) != value}
    return {"metadata": {"annotations": changes}} if changes else None
