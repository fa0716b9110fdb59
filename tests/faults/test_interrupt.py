"""Ctrl-C during `up`: it ends in order, or at once when it is asked twice, and the next `up` goes on."""

import pytest

from tests.e2e.conftest import Checkout
from tests.e2e.waiting import until
from tests.faults.inventory import Inventory
from tests.faults.processes import descendants, running
from tests.faults.recovery import recover
from tests.faults.run import Event, Run


def creates_deployment(events: list[Event]) -> bool:
    return any(each.urn.endswith("apps/v1:Deployment::app") and not each.done for each in events)


@pytest.mark.parametrize(
    "times", [pytest.param(1, marks=pytest.mark.e2e, id="once"), pytest.param(2, marks=pytest.mark.faults, id="twice")]
)
def test_ctrl_c_ends_up_without_a_traceback_and_without_an_orphan(
    checkout: Checkout, whole: Inventory, times: int
) -> None:
    checkout.succeed("destroy")
    run = Run(checkout, "up")
    assert run.wait_for(creates_deployment), run.output
    started = descendants(run.process.pid)
    for _ in range(times):
        run.interrupt()
    assert run.process.wait() not in (0, -9), run.output
    assert "Traceback" not in run.output
    until(lambda: not running(started), 60, "its plugins have ended")
    if times == 1:
        assert not checkout.deployment().get("pending_operations")
    recover(checkout)
    checkout.succeed("up")
    assert Inventory.of(checkout) == whole
