"""Who holds a port: so that a taken one is reported before HAProxy trips over it."""

import errno
import socket
from collections.abc import Iterable
from pathlib import Path

_LISTEN = "0A"


def taken(listeners: Iterable[tuple[str, int]]) -> dict[tuple[str, int], str]:
    """Of these addresses and ports, those that cannot be bound, with a word on who holds each."""
    refused: dict[tuple[str, int], str] = {}
    for listener in listeners:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(listener)
            except OSError as error:
                refused[listener] = _holder(*listener) if error.errno == errno.EADDRINUSE else str(error.strerror)
    return refused


def _holder(address: str, port: int) -> str:
    for inode in _listening(address, port):
        for process in Path("/proc").glob("[0-9]*"):
            try:
                if any(str(file.readlink()) == f"socket:[{inode}]" for file in (process / "fd").iterdir()):
                    return f"{(process / 'comm').read_text().strip()} (pid {process.name})"
            except OSError:
                continue
    return "another process"


def _listening(address: str, port: int) -> Iterable[str]:
    """Socket inodes that listen on the port, on this address or on all."""
    names = {bytes(reversed(socket.inet_aton(each))).hex().upper() for each in (address, "0.0.0.0")}
    for table in Path("/proc/net").glob("tcp*"):
        for line in table.read_text().splitlines()[1:]:
            _, local, _, state, *_, inode = line.split()[:10]
            host, _, number = local.partition(":")
            if state == _LISTEN and int(number, 16) == port and (host in names or not host.strip("0")):
                yield inode
