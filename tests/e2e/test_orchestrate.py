"""orchestrate's life, in order: the stages one after the other, and the mistake that the original teaches."""

import json
import subprocess
import time
from collections.abc import Callable
from typing import Any

import pytest
import yaml

from sandbox.addresses import NODE
from tests.e2e.conftest import Checkout
from tests.e2e.reach import REFUSED, connect
from tests.e2e.waiting import until_listening

pytestmark = pytest.mark.e2e

SYSTEM = ("--system", "orchestrate")
NAMESPACE = "io-dev"
STACK = "examples/orchestrate/Pulumi.dev.yaml"
HOST = "io.example.com"
USER = ("--user", "user:password")


def curl(*arguments: str) -> tuple[int, str]:
    """Status and body, as curl sees them; 0 for no answer at all."""
    command = ["curl", "--silent", "--max-time", "10", "--write-out", "\n%{http_code}", *arguments]
    body, _, code = subprocess.run(command, capture_output=True, text=True, check=False).stdout.rpartition("\n")
    return int(code), body


def token(base: str) -> str:
    status, body = curl("-k", *USER, f"{base}/login")
    assert status == 200, body
    return json.loads(body)["token"]


def bearer(value: str) -> tuple[str, str]:
    return "--header", f"Authorization: Bearer {value}"


def change(checkout: Checkout, changed: Callable[[dict[str, Any]], Any]) -> None:
    """Edits the configuration in the stack file."""
    file = checkout.directory / STACK
    content = yaml.safe_load(file.read_text())
    changed(content["config"])
    file.write_text(yaml.safe_dump(content))


def up(checkout: Checkout, stage: int) -> None:
    change(checkout, lambda config: config.update({"orchestrate:stage": stage}))
    checkout.succeed("up", *SYSTEM)


def pods(checkout: Checkout) -> set[str]:
    """Names of the workloads that have pods."""
    found = checkout.objects("pods", "-n", NAMESPACE)
    return {each["metadata"]["labels"]["app.kubernetes.io/name"] for each in found}


def address(checkout: Checkout) -> str:
    return checkout.status("orchestrate")["address"]


def test_stage_0_is_nginx_on_an_address_of_its_own(checkout: Checkout) -> None:
    up(checkout, 0)
    until_listening(address(checkout), 80)
    status, body = curl(f"http://{address(checkout)}/")
    assert status == 200 and "nginx" in body
    assert pods(checkout) == {"nginx"}


def test_stage_1_is_a_monolith_that_greets_and_lets_in_who_has_a_token(checkout: Checkout) -> None:
    up(checkout, 1)
    assert pods(checkout) == {"nginx", "monolith"}
    (pod,) = checkout.objects("pods", "-n", NAMESPACE, "-l", "app=monolith")
    base = f"http://{pod['status']['podIP']}:8000"
    assert curl(f"{base}/") == (200, '{"message":"Hello"}')
    assert curl(*bearer(token(base)), f"{base}/secure") == (200, '{"message":"Hello, user"}')
    assert curl(f"{base}/secure")[0] == 401
    assert curl(f"{base}/livez")[0] == curl(f"{base}/readyz")[0] == 200


def test_a_service_that_selects_no_pod_is_refused_by_the_label_that_is_missing(checkout: Checkout) -> None:
    file = checkout.directory / STACK
    good = file.read_text()
    change(checkout, lambda config: config["orchestrate:workloads"]["secure-monolith"]["labels"].pop("secure"))
    before = checkout.kubectl("get", "pods,services", "-n", NAMESPACE, "--output=name")
    try:
        done = checkout.run("up", *SYSTEM)
    finally:
        file.write_text(good)
    assert done.returncode == 1
    assert "The pods of secure-monolith lack secure: enabled." in done.stdout
    assert "Add `secure: enabled` to the labels of secure-monolith" in done.stdout
    assert "Traceback" not in done.stdout
    assert checkout.kubectl("get", "pods,services", "-n", NAMESPACE, "--output=name") == before


def test_stage_2_is_the_monolith_behind_tls_on_the_port_of_the_nodes(checkout: Checkout) -> None:
    up(checkout, 2)
    assert pods(checkout) == {"nginx", "monolith", "secure-monolith"}
    base = f"https://{NODE}:31000"
    until_listening(NODE, 31000)
    assert curl("-k", f"{base}/") == (200, '{"message":"Hello"}')
    assert curl("-k", *bearer(token(base)), f"{base}/secure") == (200, '{"message":"Hello, user"}')
    trusted = ("--cacert", checkout.status("orchestrate")["ca"], "--resolve", f"{HOST}:31000:{NODE}")
    assert curl(*trusted, f"https://{HOST}:31000/")[0] == 200
    assert curl(f"http://{NODE}:31000/")[0] == 400, "nginx refuses what is no TLS"
    recorded = json.loads((checkout.home / "google.json").read_text())
    assert any(name.endswith("/firewalls/io-dev-monolith-nodeport") for name in recorded), list(recorded)


def test_stage_3_greets_gives_tokens_and_accepts_no_others(checkout: Checkout) -> None:
    up(checkout, 3)
    assert pods(checkout) == {"nginx", "monolith", "secure-monolith", "auth", "hello", "frontend"}
    base = f"https://{address(checkout)}"
    until_listening(address(checkout), 443)
    assert curl("-k", f"{base}/") == (200, '{"message":"Hello"}')
    given = token(base)
    assert curl("-k", *bearer(given), f"{base}/secure") == (200, '{"message":"Hello, user"}')
    assert curl("-k", f"{base}/secure")[0] == 401
    assert curl("-k", *bearer(f"{given}x"), f"{base}/secure")[0] == 401
    assert curl("-k", "--user", "user:wrong", f"{base}/login")[0] == 401
    assert curl("-k", f"{base}/login")[0] == 401
    trusted = ("--cacert", checkout.status("orchestrate")["ca"], "--resolve", f"{HOST}:443:{address(checkout)}")
    assert curl(*trusted, f"https://{HOST}/")[0] == 200


@pytest.mark.parametrize(("caller", "service"), [("auth", "hello"), ("hello", "auth"), ("monolith", "auth")])
def test_the_services_behind_the_frontend_are_reached_by_nobody_else(
    checkout: Checkout, caller: str, service: str
) -> None:
    """That the frontend reaches them is what visitors see."""
    assert connect(checkout, NAMESPACE, f"deploy/{caller}", service, 80) == REFUSED


def test_auth_scaled_to_three_answers_from_three_pods(checkout: Checkout) -> None:
    change(checkout, lambda config: config["orchestrate:workloads"]["auth"].update(replicas=3))
    (step,) = checkout.changes(*SYSTEM)
    assert (step["op"], step["type"]) == ("update", "kubernetes:apps/v1:Deployment")
    checkout.succeed("up", *SYSTEM)
    base, served = f"https://{address(checkout)}", set[str]()
    deadline = time.monotonic() + 30
    while len(served) < 3 and time.monotonic() < deadline:
        _, headers = curl("-k", *USER, "--head", "--request", "GET", f"{base}/login")
        served |= {line.split(": ")[1].strip() for line in headers.splitlines() if line.startswith("x-served-by")}
    names = {each["metadata"]["name"] for each in checkout.objects("pods", "-n", NAMESPACE)}
    assert len(served) == 3
    assert served == {name for name in names if name.startswith("auth-")}


def test_no_secret_is_in_the_state_or_in_what_was_printed(checkout: Checkout) -> None:
    key = (checkout.home / "pki" / "project-orchestrate.key").read_text().splitlines()[1]
    files = [checkout.directory / "transcript", checkout.checkpoint("orchestrate")]
    for file in files:
        text = file.read_text()
        assert key not in text
        assert "only for the sandbox of one machine" not in text


def test_destroy_leaves_nothing(checkout: Checkout) -> None:
    checkout.succeed("destroy", *SYSTEM)
    assert checkout.status("orchestrate")["resources"] == 0
    assert NAMESPACE not in {each["metadata"]["name"] for each in checkout.objects("ns")}
    recorded = json.loads((checkout.home / "google.json").read_text())
    assert not [name for name in recorded if "/io-dev" in name or "monolith" in name]
    assert curl("-k", f"https://{NODE}:31000/")[0] == 0
