"""An API server that goes away in the middle of `up` and comes back, or refuses: the next `up` has everything once."""

from pathlib import Path

import pytest

from sandbox.home import Home
from sandbox.process import Process
from tests.e2e.conftest import Checkout
from tests.e2e.summary import unchanged
from tests.faults.inventory import Inventory
from tests.faults.recovery import recover
from tests.faults.run import Run

pytestmark = pytest.mark.faults


@pytest.mark.parametrize("created", [16, 26, 36])
def test_up_goes_on_after_a_restart_of_the_api_server(checkout: Checkout, whole: Inventory, created: int) -> None:
    """What was asked of it in that moment may fail, with the provider's words; nothing is lost or made twice."""
    checkout.succeed("destroy")
    run = Run(checkout, "up")
    assert run.wait_for(lambda events: sum(each.done for each in events) >= created), run.output
    restart(Process(Home(checkout.home, Home.locate().cache), "kube-apiserver"))
    if run.process.wait():
        assert "127.0.0.1" in run.output or "connection" in run.output, run.output
        recover(checkout)
    checkout.succeed("up")
    assert Inventory.of(checkout) == whole
    assert unchanged(checkout.succeed("up"))


def restart(process: Process) -> None:
    command = Path(f"/proc/{process.pid}/cmdline").read_text().split("\0")[:-1]
    process.stop(seconds=3)
    process.start(command)
