"""An API server that goes away in the middle of `up` and comes back: `up` ends well, with everything once."""

import subprocess
import sys
import time
from pathlib import Path

import pytest

from sandbox.home import Home
from sandbox.process import Process
from tests.e2e.conftest import Checkout
from tests.faults.interruption import entries, state
from tests.faults.inventory import Inventory

pytestmark = pytest.mark.faults


@pytest.mark.parametrize("after", [10, 30, 50])
def test_up_outlives_a_restart_of_the_api_server(checkout: Checkout, whole: Inventory, after: int) -> None:
    checkout.succeed("destroy", "--engine", "embedded")
    journal = state(checkout).with_suffix(".journal")
    command = [sys.executable, "-m", "sandbox", "up", "--engine", "embedded"]
    with subprocess.Popen(
        command, cwd=checkout.directory, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as up:
        while up.poll() is None and len(entries(journal)) < after:
            time.sleep(0.01)
        restart(Process(Home(checkout.home, Home.locate().cache), "kube-apiserver"))
        output, _ = up.communicate(timeout=300)
    assert up.returncode == 0, output
    assert Inventory.of(checkout) == whole
    assert "unchanged" in checkout.succeed("up", "--engine", "embedded")


def restart(process: Process) -> None:
    command = Path(f"/proc/{process.pid}/cmdline").read_text().split("\0")[:-1]
    process.stop(seconds=3)
    process.start(command)
