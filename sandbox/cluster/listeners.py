"""Every address the cluster listens on, and who holds one that is taken."""

import contextlib
import re
import socket
import subprocess
from collections.abc import Iterable
from pathlib import Path

from sandbox.addresses import API_SERVER, ETCD, NODE
from sandbox.errors import SandboxError
from sandbox.home import VARIABLE

TCP, UDP = socket.SOCK_STREAM, socket.SOCK_DGRAM
SOCKET_PATH_LIMIT = 107
"""Bytes: what the kernel keeps of a Unix socket's path, without its end mark."""

IP_FREEBIND = 15
"""Linux: bind to an address that no interface has yet (the bridge's)."""

KUBELET_HEALTH = 10248
PROXY_METRICS = 10249
KUBELET = 10250
PROXY_HEALTH = 10256
CONTROLLER_MANAGER = 10257
SCHEDULER = 10259
DNS_READY = 8181
ETCD_CLIENT, ETCD_PEER = 2379, 2380

ALL: tuple[tuple[int, str, int], ...] = (
    (TCP, API_SERVER, 443),
    (TCP, API_SERVER, KUBELET_HEALTH),
    (TCP, API_SERVER, PROXY_METRICS),
    (TCP, API_SERVER, PROXY_HEALTH),
    (TCP, API_SERVER, CONTROLLER_MANAGER),
    (TCP, API_SERVER, SCHEDULER),
    (TCP, API_SERVER, DNS_READY),
    (TCP, ETCD, ETCD_CLIENT),
    (TCP, ETCD, ETCD_PEER),
    (TCP, NODE, KUBELET),
    (TCP, NODE, 53),
    (UDP, NODE, 53),
)
"""(protocol, address, port)."""


def require_free(listeners: tuple[tuple[int, str, int], ...] = ALL) -> None:
    """Raise SandboxError that names the first address that is taken, and its holder."""
    for kind, address, port in listeners:
        if _taken(kind, address, port):
            raise SandboxError(
                f"{address}:{port} is taken by {holder(kind, address, port)}, and the cluster listens there. "
                "Nothing was started. End that process and run this again."
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


def holder(kind: int, address: str, port: int) -> str:
    """`pid N (its command line)` of whoever listens there, also on every address of the machine."""
    protocol = "--tcp" if kind == TCP else "--udp"
    command = [
        "ss",
        "--no-header",
        "--listening",
        "--numeric",
        "--processes",
        protocol,
        "sport",
        "=",
        f":{port}",
    ]
    for line in subprocess.run(command, capture_output=True, text=True, check=False).stdout.splitlines():
        local = line.split()[3].rpartition(":")[0]
        pid = re.search(r"pid=(\d+)", line)
        if pid and local in (address, "0.0.0.0", "*", "[::]"):
            words = ""
            with contextlib.suppress(OSError):
                words = (
                    Path(f"/proc/{pid[1]}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
                )
            return f"pid {pid[1]} ({words[:120]})"
    return "a process that cannot be seen from here"


def _taken(kind: int, address: str, port: int) -> bool:
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.setsockopt(socket.SOL_IP, IP_FREEBIND, 1)
        if kind == TCP:
            # Connections of an earlier run may still be closing; only a listener is in the way.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address, port))
            if kind == TCP:
                probe.listen()
        except OSError:
            return True
    return False
