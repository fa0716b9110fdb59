"""kill -9 of the CLI: after `recover` the state holds what exists, and the next run brings everything to its end."""

import time
from random import Random

import pytest

from tests.e2e.conftest import Checkout
from tests.faults.inventory import NAMESPACE, Inventory
from tests.faults.recovery import recover
from tests.faults.run import Event, Run

COMMANDS = ("up", "destroy", "refresh")
SETTLED = ("same", "read")
"""Operations of steps that do nothing."""

DELAY = 0.3
"""Seconds after an event at most until the kill."""


class Killer:
    """Kills run after run, each at another resource of the stack, at moments that a seed chooses."""

    def __init__(self, checkout: Checkout, seed: str) -> None:
        self._checkout = checkout
        self._random = Random(seed)
        self.killed_at: set[str] = set()
        """URNs."""

    def kill(self, command: str) -> bool:
        """Kill a run at the first resource at which none was killed yet, and recover from it.

        False when the run has ended before, and well.
        """
        run = Run(self._checkout, command)
        at_its_end = self._random.random() < 0.5
        found = list[str]()

        def reached(events: list[Event]) -> bool:
            # A step of a refresh ends as what the refresh found to be done: mostly nothing.
            working = [each for each in events if command == "refresh" or each.operation not in SETTLED]
            found[:] = [each.urn for each in working if each.done == at_its_end and self._is_new(each.urn)]
            return bool(found)

        if run.wait_for(reached):
            time.sleep(self._random.uniform(0, DELAY))
        if not found or not run.kill(plugins=self._random.random() < 0.5):
            assert run.process.wait() == 0, run.output
            return False
        self.killed_at.add(found[0])
        recover(self._checkout)
        run.leave_no_plugin()
        return True

    def _is_new(self, urn: str) -> bool:
        return urn not in self.killed_at and is_custom(urn)


def is_custom(urn: str) -> bool:
    """Whether the resource is something that a provider makes, and no component or provider."""
    kind = urn.split("::")[2].rpartition("$")[2]
    return kind.split(":")[0] in ("gcp", "kubernetes", "docker")


def prepare(checkout: Checkout, command: str) -> None:
    """Leave the command as much to do as there can be."""
    checkout.shell_output(f"pulumi {'destroy' if command == 'up' else 'up'} --yes --skip-preview")
    if command == "refresh":
        for kind in ("deployment", "service", "serviceaccount", "ingress"):
            checkout.kubectl("annotate", kind, "gke-webapp", "drift=1", "--overwrite", "-n", NAMESPACE)


def converges(checkout: Checkout, whole: Inventory, command: str) -> None:
    """The command's end, and what there is then."""
    checkout.shell_output(f"pulumi {command} --yes --skip-preview")
    if command == "destroy":
        assert Inventory.of(checkout) == Inventory([], [])
    checkout.succeed("up")
    assert Inventory.of(checkout) == whole
    assert checkout.curl("/ping", https=True) == (200, '"pong"')


def kill_runs(checkout: Checkout, whole: Inventory, command: str, kills: int) -> None:
    """Kill so many runs, each at another resource, and let the last one come to its end."""
    prepare(checkout, command)
    killer = Killer(checkout, command)
    while len(killer.killed_at) < kills:
        if not killer.kill(command):
            prepare(checkout, command)
    converges(checkout, whole, command)


@pytest.mark.e2e
@pytest.mark.parametrize("command", COMMANDS)
def test_a_killed_run_is_recovered_and_ended_by_the_next(checkout: Checkout, whole: Inventory, command: str) -> None:
    kill_runs(checkout, whole, command, 2)


@pytest.mark.faults
@pytest.mark.parametrize("command", COMMANDS)
def test_a_run_may_be_killed_at_every_resource(checkout: Checkout, whole: Inventory, command: str) -> None:
    resources = sum(map(is_custom, whole.resources))
    assert resources * len(COMMANDS) >= 60
    kill_runs(checkout, whole, command, resources)
