"""A pod behind a Gateway counts as ready once the load balancer's health check has passed, as on GKE."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.e2e.conftest import Checkout

pytestmark = pytest.mark.e2e

NAMESPACE = "gke-webapp-dev"
STACK, APP, BACKEND = "Pulumi.dev.yaml", "app/settings.py", "components/gateway_backend.py"
GATE = "cloud.google.com/load-balancer-neg-ready"
PATH, NOWHERE = '"requestPath": settings.health_path', '"requestPath": "/nothing-here"'


@pytest.fixture(scope="module")
def gateway(checkout: Checkout) -> Iterator[Checkout]:
    """The dev stack behind a Gateway, with little patience; afterwards it is as the work tree says."""
    files = {file: (checkout.directory / file).read_text() for file in (STACK, APP, BACKEND)}
    checkout.edit(STACK, "  gke-webapp:workload:\n", "  gke-webapp:ingress: {kind: gateway}\n  gke-webapp:workload:\n")
    checkout.edit(STACK, "    drainSeconds: 3\n", "    drainSeconds: 3\n    timeoutSeconds: 30\n")
    checkout.succeed("up")
    yield checkout
    for file, text in files.items():
        (checkout.directory / file).write_text(text)
    checkout.succeed("up")


def release(checkout: Checkout, greeting: str) -> None:
    """Another version of the app, for the next `up`."""
    before = json.loads(checkout.curl("/", https=True)[1])["message"]
    checkout.edit(APP, f'"{before}"', f'"{greeting}"')


def gates(checkout: Checkout) -> list[dict[str, Any]]:
    """The gate's condition of each pod that has it and stays."""
    pods = [pod for pod in checkout.objects("pods", "-n", NAMESPACE) if "deletionTimestamp" not in pod["metadata"]]
    return [each for pod in pods for each in pod["status"].get("conditions", []) if each["type"] == GATE]


def test_a_new_pod_waits_for_the_load_balancer_and_is_told_so(gateway: Checkout) -> None:
    release(gateway, "Hello group")
    gateway.succeed("up")
    (gate,) = gates(gateway)
    assert (gate["status"], gate["reason"]) == ("True", "LoadBalancerNegReady")
    assert json.loads(gateway.curl("/", https=True)[1]) == {"message": "Hello group"}


def test_a_health_check_that_cannot_pass_keeps_the_rollout_from_its_end(gateway: Checkout) -> None:
    release(gateway, "Hello nobody")
    gateway.edit(BACKEND, PATH, NOWHERE)
    done = gateway.run("up")
    assert done.returncode != 0
    assert GATE in done.stdout
    (gate,) = [each for each in gates(gateway) if each["status"] == "False"]
    assert "Waiting for pod to become healthy in at least one of the NEG(s)" in gate["message"]


def test_with_the_right_path_the_same_rollout_ends(gateway: Checkout) -> None:
    gateway.edit(BACKEND, NOWHERE, PATH)
    gateway.succeed("up")
    assert json.loads(gateway.curl("/", https=True)[1]) == {"message": "Hello nobody"}
