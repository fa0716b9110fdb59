import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox import ports
from sandbox.ports import Protocol

KINDS: dict[Protocol, socket.SocketKind] = {"tcp": socket.SOCK_STREAM, "udp": socket.SOCK_DGRAM}
ADDRESS = "127.99.0.1"


@pytest.fixture(params=[(protocol, address) for protocol in KINDS for address in (ADDRESS, "", "::ffff:127.99.0.1")])
def held(request: pytest.FixtureRequest) -> Iterator[tuple[Protocol, int]]:
    """Protocol and port of a listener of this very process: on the address, on all of them, or as IPv6 spells it."""
    protocol, address = request.param
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family, KINDS[protocol]) as holder:
        holder.bind((address, 0))
        if protocol == "tcp":
            holder.listen()
        yield protocol, holder.getsockname()[1]


def test_a_port_that_is_taken_is_named_with_its_holder(held: tuple[Protocol, int]) -> None:
    protocol, port = held
    name = Path("/proc/self/comm").read_text().strip()
    assert ports.taken([(ADDRESS, port)], protocol) == {(ADDRESS, port): f"{name} (pid {os.getpid()})"}


def test_a_port_of_another_address_is_free() -> None:
    with socket.create_server((ADDRESS, 0)) as holder:
        assert ports.taken([("127.99.0.2", holder.getsockname()[1])]) == {}


def test_a_connection_that_is_still_closing_does_not_take_its_port() -> None:
    with socket.create_server((ADDRESS, 0)) as server, socket.create_connection(server.getsockname()):
        server.accept()[0].close()
        listener = server.getsockname()
    assert ports.taken([listener]) == {}


@pytest.mark.parametrize("protocol", KINDS)
def test_an_address_that_no_interface_has_yet_is_free(protocol: Protocol) -> None:
    assert ports.taken([("198.51.100.1", 4096)], protocol) == {}
