"""Constant load over HTTP and HTTPS while versions and numbers of pods change, and a pod is killed."""

import json
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from bench.load import Load
from tests.e2e.conftest import Checkout
from tests.e2e.waiting import until

pytestmark = pytest.mark.e2e

NAMESPACE = "gke-webapp-dev"
LOADS = {"a hundred requests a second": (10, 100.0), "as many as there can be": (12, None)}
"""Workers, and requests a second that they make together, of each load."""


@pytest.fixture(scope="module")
def address(checkout: Checkout) -> Iterator[str]:
    """Where the stack answers; afterwards it is as the work tree says."""
    checkout.succeed("up")
    files = {file: (checkout.directory / file).read_text() for file in ("app/settings.py", "Pulumi.dev.yaml")}
    yield checkout.status()["address"]
    for file, text in files.items():
        (checkout.directory / file).write_text(text)
    checkout.succeed("up")


@pytest.mark.parametrize(("workers", "rate"), LOADS.values(), ids=list(LOADS))
def test_no_request_fails_while_versions_and_numbers_of_pods_change(
    checkout: Checkout, address: str, workers: int, rate: float | None
) -> None:
    loads = [
        Load(f"http://{address}/", workers=workers, rate=rate),
        Load(f"https://{address}/", workers=workers, rate=rate),
        Load(f"https://{address}/", workers=workers, rate=rate, post=True),
    ]
    with ExitStack() as running:
        for load in loads:
            running.enter_context(load)
        for version in range(3):
            release(checkout, f"Hello {version} at {rate}")
        scale(checkout, 1, 2)
        scale(checkout, 2, 1)
    for load in loads:
        assert load.answers.failed == 0, load.answers
        assert load.answers.served > 1000


def test_no_get_fails_when_one_pod_of_two_is_killed(checkout: Checkout, address: str) -> None:
    """As Google's load balancers, the edge repeats GET elsewhere; a POST under way in the killed pod is lost."""
    scale(checkout, 1, 2)
    loads = [Load(f"{scheme}://{address}/", workers=10, rate=100) for scheme in ("http", "https")]
    with ExitStack() as running:
        for load in loads:
            running.enter_context(load)
        time.sleep(2)
        victim = kill(checkout)
        wait_for_restart(checkout, victim)
        time.sleep(2)
    scale(checkout, 2, 1)
    for load in loads:
        assert load.answers.failed == 0, load.answers


def release(checkout: Checkout, greeting: str) -> None:
    """Roll a new version of the app out, and see it answer."""
    file = checkout.directory / "app" / "settings.py"
    before = json.loads(checkout.curl("/", https=True)[1])["message"]
    checkout.edit("app/settings.py", f'"{before}"', f'"{greeting}"')
    assert greeting in file.read_text()
    checkout.succeed("up")
    assert json.loads(checkout.curl("/", https=True)[1]) == {"message": greeting}


def scale(checkout: Checkout, before: int, after: int) -> None:
    checkout.edit("Pulumi.dev.yaml", f"replicas: {before}", f"replicas: {after}")
    checkout.succeed("up")
    until(lambda: len(checkout.objects("pods", "--namespace", NAMESPACE)) == after, 60, f"there are {after} pods")


def kill(checkout: Checkout) -> str:
    """kill -9 of the process in one pod; returns the pod's name."""
    pod = checkout.objects("pods", "--namespace", NAMESPACE)[0]
    container = pod["status"]["containerStatuses"][0]["containerID"].removeprefix("containerd://")
    containerd = ["ctr", "--address", str(checkout.home / "run" / "containerd.sock"), "--namespace", "k8s.io"]
    subprocess.run([*containerd, "tasks", "kill", "--signal", "SIGKILL", container], check=True, timeout=30)
    return pod["metadata"]["name"]


def wait_for_restart(checkout: Checkout, name: str) -> None:
    def restarted() -> bool:
        (pod,) = checkout.objects("pods", "--namespace", NAMESPACE, f"--field-selector=metadata.name={name}")
        (status,) = pod["status"]["containerStatuses"]
        return status["restartCount"] > 0 and status["ready"]

    until(restarted, 60, f"{name} is ready again")
