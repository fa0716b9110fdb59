"""Names of Google Cloud resources, as ingress-gce forms them."""

import hashlib

from sandbox.edge.objects import Key

CLUSTER = "sandbox0"
"""Eight characters, where GKE puts a hash of the cluster's id."""

_ROOM = 36
"""Characters for namespace and name: 63, the longest resource name, less everything around them."""


def load_balancer(ingress: Key) -> str:
    """`<cluster>-<namespace>-<name>-<hash>`, the common end of an Ingress's resource names."""
    return "-".join([CLUSTER, *_trim(_ROOM, *ingress), _hash(*ingress)])


def resource(kind: str, balancer: str) -> str:
    """A resource of a load balancer: `um` (URL map), `fr`, `fs` (forwarding rules), `tp`, `ts` (proxies)."""
    return f"k8s2-{kind}-{balancer}"


def gateway(where: Key) -> str:
    """The common end of a Gateway's resource names."""
    return "-".join(["gkegw1", CLUSTER, *_trim(_ROOM, *where), _hash(*where)])


def backend(service: Key, port: int, controller: str = "k8s1") -> str:
    """A network endpoint group and the backend service in front of it; Gateways have theirs, under `gkegw1`."""
    return "-".join([controller, CLUSTER, *_trim(_ROOM, *service, str(port)), _hash(*service, str(port))])


def _trim(room: int, *fields: str) -> list[str]:
    """The fields, shortened in proportion until they fit the room together."""
    total = sum(map(len, fields))
    if total <= room:
        return list(fields)
    return [field[: max(1, len(field) * room // total)].rstrip("-") for field in fields]


def _hash(*fields: str) -> str:
    return hashlib.sha256(";".join((CLUSTER, *fields)).encode()).hexdigest()[:8]
