"""kill -9 of the engine: the next run says what was pending, and brings everything to where it belongs."""

from itertools import count

import pytest

from tests.e2e.conftest import Checkout
from tests.faults.interruption import interrupted
from tests.faults.inventory import NAMESPACE, Inventory


def survives(checkout: Checkout, whole: Inventory, command: str, entries: int) -> bool:
    """Kill the command there, run it again and look; False when it ended before it could be killed."""
    if command == "up":
        checkout.succeed("destroy", "--engine", "embedded")
    if command == "refresh":
        for kind in ("deployment", "service", "serviceaccount", "ingress"):
            checkout.kubectl("annotate", kind, "gke-webapp", f"drift={entries}", "--overwrite", "-n", NAMESPACE)
    pending = interrupted(checkout, command, entries)
    if pending is None:
        return False
    output = checkout.succeed(command, "--engine", "embedded")
    if pending:
        assert "An earlier run was cut short" in output
    assert not {name for name in pending if name not in output}
    if command == "destroy":
        assert Inventory.of(checkout) == Inventory([], [], [])
    if command != "up":
        checkout.succeed("up", "--engine", "embedded")
    assert Inventory.of(checkout) == whole
    assert checkout.curl("/ping", https=True) == (200, '"pong"')
    return True


@pytest.mark.long
@pytest.mark.parametrize(("command", "entries"), [("up", 25), ("destroy", 12), ("refresh", 1)])
def test_a_killed_command_is_taken_up_by_the_next(
    checkout: Checkout, whole: Inventory, command: str, entries: int
) -> None:
    assert survives(checkout, whole, command, entries), f"`{command}` has fewer than {entries} steps"


@pytest.mark.faults
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("command", ["up", "destroy", "refresh"])
def test_a_command_may_be_killed_at_every_step(checkout: Checkout, whole: Inventory, command: str) -> None:
    killed = next(entries for entries in count(1) if not survives(checkout, whole, command, entries)) - 1
    assert killed > 0
