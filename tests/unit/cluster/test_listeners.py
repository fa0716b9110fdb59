import os
import socket
from ipaddress import ip_address
from pathlib import Path

import pytest

from sandbox.addresses import NODE
from sandbox.cluster.listeners import ALL, require_free, require_short
from sandbox.errors import SandboxError
from sandbox.ports import Protocol


def test_every_address_that_is_taken_is_named_with_its_holder() -> None:
    with socket.create_server(("127.99.0.1", 0)) as first, socket.create_server(("127.99.0.1", 0)) as second:
        listeners: list[tuple[Protocol, str, int]]
        listeners = [("tcp", "127.99.0.1", server.getsockname()[1]) for server in (first, second)]
        with pytest.raises(SandboxError) as refused:
            require_free(listeners)
    for _, address, port in listeners:
        assert f"{address}:{port} by " in str(refused.value)
    assert f"pid {os.getpid()}" in str(refused.value)


def test_no_two_processes_share_an_address() -> None:
    assert len(set(ALL)) == len(ALL)


def test_nothing_listens_where_another_machine_could_reach_it() -> None:
    assert ALL
    for _, address, _ in ALL:
        assert ip_address(address).is_loopback or address == NODE


def test_a_socket_whose_path_the_kernel_would_cut_is_refused_with_its_length() -> None:
    with pytest.raises(SandboxError, match="has 108 bytes"):
        require_short([Path("/short"), Path("/" + "d" * 107)])
