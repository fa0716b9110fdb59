"""kill -9 of the engine: the next run says what was pending, and brings everything to where it belongs."""

from collections.abc import Callable, Mapping, Sequence
from itertools import cycle

import pytest

from tests.e2e.conftest import Checkout
from tests.faults.interruption import Entry, interrupted
from tests.faults.inventory import NAMESPACE, Inventory

Reached = Callable[[Sequence[Entry]], bool]


def begun(journal: Sequence[Entry]) -> bool:
    """Something was announced, and may or may not have been done."""
    return any("begin" in entry for entry in journal)


def done(journal: Sequence[Entry]) -> bool:
    """Something is done, and the state does not say so."""
    return any("begin" not in entry for entry in journal)


STEPS: Mapping[str, tuple[Reached, ...]] = {"up": (begun, done), "destroy": (begun, done), "refresh": (done,)}
"""Where each command is killed, in turn; a refresh only reads, so it announces nothing."""


def prepare(checkout: Checkout, command: str) -> None:
    """Leave the command as much to do as there can be."""
    if command == "up":
        checkout.succeed("destroy", "--engine", "embedded")
    if command == "refresh":
        for kind in ("deployment", "service", "serviceaccount", "ingress"):
            checkout.kubectl("annotate", kind, "gke-webapp", "drift=1", "--overwrite", "-n", NAMESPACE)


def converges(checkout: Checkout, whole: Inventory, command: str) -> None:
    """The command's end, and what there is then."""
    assert not interrupted(checkout, command, lambda _: False)
    if command == "destroy":
        assert Inventory.of(checkout) == Inventory([], [], [])
    if command != "up":
        checkout.succeed("up", "--engine", "embedded")
    assert Inventory.of(checkout) == whole
    assert checkout.curl("/ping", https=True) == (200, '"pong"')


@pytest.mark.e2e
@pytest.mark.parametrize(("command", "entries"), [("up", 25), ("destroy", 12), ("refresh", 1)])
def test_a_killed_command_is_taken_up_by_the_next(
    checkout: Checkout, whole: Inventory, command: str, entries: int
) -> None:
    prepare(checkout, command)
    assert interrupted(checkout, command, lambda journal: len(journal) >= entries), "there are fewer steps"
    converges(checkout, whole, command)


@pytest.mark.faults
@pytest.mark.parametrize("command", STEPS)
def test_a_command_may_be_killed_at_every_step(checkout: Checkout, whole: Inventory, command: str) -> None:
    """Each run is killed as it begins something, and the next when it has done something, until nothing is left."""
    prepare(checkout, command)
    resources = len(whole.resources)
    kills = next(kills for kills, step in enumerate(cycle(STEPS[command])) if not interrupted(checkout, command, step))
    assert kills >= (4 if command == "refresh" else resources // 2)
    converges(checkout, whole, command)
