"""Every address the cluster listens on."""

from collections.abc import Iterable
from pathlib import Path

from sandbox import ports
from sandbox.addresses import API_SERVER, ETCD, NODE
from sandbox.errors import SandboxError
from sandbox.home import VARIABLE
from sandbox.ports import Protocol

SOCKET_PATH_LIMIT = 107
"""Bytes: what the kernel keeps of a Unix socket's path, without its end mark."""

KUBELET_HEALTH = 10248
PROXY_METRICS = 10249
KUBELET = 10250
PROXY_HEALTH = 10256
CONTROLLER_MANAGER = 10257
SCHEDULER = 10259
METRICS = 10251
ETCD_CLIENT, ETCD_PEER = 2379, 2380

ALL: tuple[tuple[Protocol, str, int], ...] = (
    ("tcp", API_SERVER, 443),
    ("tcp", API_SERVER, KUBELET_HEALTH),
    ("tcp", API_SERVER, PROXY_METRICS),
    ("tcp", API_SERVER, PROXY_HEALTH),
    ("tcp", API_SERVER, CONTROLLER_MANAGER),
    ("tcp", API_SERVER, SCHEDULER),
    ("tcp", API_SERVER, METRICS),
    ("tcp", ETCD, ETCD_CLIENT),
    ("tcp", ETCD, ETCD_PEER),
    ("tcp", NODE, KUBELET),
)
"""(protocol, address, port)."""


def require_free(listeners: Iterable[tuple[Protocol, str, int]] = ALL) -> None:
    """Raise SandboxError that names every address that is taken, and its holder."""
    held: dict[tuple[str, int], str] = {}
    for protocol, address, port in listeners:
        held |= ports.taken([(address, port)], protocol)
    if held:
        text = ", ".join(f"{address}:{port} by {who}" for (address, port), who in held.items())
        raise SandboxError(
            f"The cluster's addresses are taken: {text}. Nothing was started. End that process and run this again."
        )


def require_short(sockets: Iterable[Path]) -> None:
    """Refuse paths that the kernel would refuse later."""
    longest = max((str(path) for path in sockets), key=len)
    if len(longest.encode()) > SOCKET_PATH_LIMIT:
        raise SandboxError(
            f"{longest} has {len(longest.encode())} bytes, and the path of a socket can have {SOCKET_PATH_LIMIT}: "
            "nobody could listen there. Nothing was started. Move the checkout to a shorter path, or set "
            f"{VARIABLE} to a short directory."
        )
