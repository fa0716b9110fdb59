import os
import re
import shutil
import socket
from collections.abc import Iterator
from ipaddress import ip_address

import pytest

from sandbox.addresses import NODE
from sandbox.cluster.listeners import ALL, TCP, UDP, require_free
from sandbox.errors import SandboxError

ADDRESS = "127.99.0.1"


@pytest.fixture(params=[(TCP, ADDRESS), (UDP, ADDRESS), (TCP, ""), (UDP, "")])
def taken(request: pytest.FixtureRequest) -> Iterator[tuple[int, str, int]]:
    """An address held by this very process: itself, or as one of all the machine's."""
    kind, address = request.param
    with socket.socket(type=kind) as holder:
        holder.bind((address, 0))
        if kind == TCP:
            holder.listen()
        yield kind, ADDRESS, holder.getsockname()[1]


@pytest.mark.skipif(not shutil.which("ss"), reason="iproute2 is not installed")
def test_a_taken_address_is_named_with_its_holder(taken: tuple[int, str, int]) -> None:
    with pytest.raises(SandboxError, match=rf"{re.escape(ADDRESS)}:{taken[2]} is taken by pid {os.getpid()} \(.*py"):
        require_free((taken,))


def test_a_free_address_is_no_error_also_when_no_interface_has_it() -> None:
    require_free(((TCP, "198.51.100.1", 1), (UDP, "198.51.100.1", 1)))


def test_nothing_listens_where_another_machine_could_reach_it() -> None:
    assert ALL
    for _, address, _ in ALL:
        assert ip_address(address).is_loopback or address == NODE
