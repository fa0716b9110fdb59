"""Who holds an address: so that a taken one is reported before a process trips over it."""

import errno
import socket
from collections.abc import Iterable
from pathlib import Path
from typing import Literal

Protocol = Literal["tcp", "udp"]

_LISTENING = {"tcp": "0A", "udp": "07"}
"""As the kernel writes the state of a socket that waits for others: LISTEN, and for lack of one UDP's CLOSE."""

_MAPPED = "0000000000000000FFFF0000"
"""How an IPv4 address begins in the table of IPv6."""

_IP_FREEBIND = 15
"""Linux: bind to an address that no interface has yet, such as the bridge's."""


def taken(listeners: Iterable[tuple[str, int]], protocol: Protocol = "tcp") -> dict[tuple[str, int], str]:
    """Of these addresses and ports, those that cannot be bound, with a word on who holds each."""
    refused: dict[tuple[str, int], str] = {}
    for listener in listeners:
        with socket.socket(type=socket.SOCK_STREAM if protocol == "tcp" else socket.SOCK_DGRAM) as probe:
            probe.setsockopt(socket.SOL_IP, _IP_FREEBIND, 1)
            if protocol == "tcp":
                # Connections of an earlier run may still be closing; only a listener is in the way.
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(listener)
            except OSError as error:
                in_use = error.errno == errno.EADDRINUSE
                refused[listener] = _holder(protocol, *listener) if in_use else str(error.strerror)
    return refused


def _holder(protocol: Protocol, address: str, port: int) -> str:
    for inode in _sockets(protocol, address, port):
        for process in Path("/proc").glob("[0-9]*"):
            try:
                if any(str(file.readlink()) == f"socket:[{inode}]" for file in (process / "fd").iterdir()):
                    return f"{(process / 'comm').read_text().strip()} (pid {process.name})"
            except OSError:
                continue
    return "another process"


def _sockets(protocol: Protocol, address: str, port: int) -> Iterable[str]:
    """Inodes of the sockets that listen on the port, on this address or on all."""
    name = bytes(reversed(socket.inet_aton(address))).hex().upper()
    tables = (Path("/proc/net", protocol), Path("/proc/net", f"{protocol}6"))
    for table in (table for table in tables if table.exists()):
        for line in table.read_text().splitlines()[1:]:
            _, local, _, state, *_, inode = line.split()[:10]
            host, _, number = local.partition(":")
            here = host.removeprefix(_MAPPED) == name or not host.strip("0")
            if state == _LISTENING[protocol] and int(number, 16) == port and here:
                yield inode
