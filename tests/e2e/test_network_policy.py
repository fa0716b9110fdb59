"""NetworkPolicies are enforced: who reaches the app, and whom it reaches, is what the stack file says and no more."""

import json
import socket
import subprocess
from collections.abc import Iterator
from typing import Any

import pytest

from sandbox.addresses import BRIDGE, DNS, NODE, SERVICES
from tests.e2e.conftest import Checkout
from tests.e2e.reach import REACHED, REFUSED, connect, resolve
from tests.e2e.traffic import Traffic
from tests.e2e.waiting import until

pytestmark = pytest.mark.e2e

NAMESPACE = "gke-webapp-dev"
APP = "deploy/gke-webapp"
ELSEWHERE = "elsewhere"
STRANGER = "stranger"
"""Name of a pod that serves at `PORT`, in the app's namespace and in another one, which has no policy."""

PORT = 8080
API_SERVER = str(SERVICES[1])
METADATA = "169.254.169.252", 988
"""Of GKE's metadata server; the address that no machine outside of GKE has."""

STACK = "Pulumi.dev.yaml"
EGRESS = f"    traffic:\n      egress: [{{namespace: {ELSEWHERE}, ports: [{PORT}]}}]\n"


@pytest.fixture(scope="module")
def addresses(checkout: Checkout) -> Iterator[dict[str, str]]:
    """IP of the app's pod and of each stranger, by namespace; the app's under its own name."""
    stack = (checkout.directory / STACK).read_text()
    checkout.succeed("up")
    checkout.kubectl("create", "namespace", ELSEWHERE)
    secret = json.loads(checkout.kubectl("get", "secret", "regcred", "-n", NAMESPACE, "--output=json"))
    secret["metadata"] = {"name": "regcred", "namespace": ELSEWHERE}
    pods = [stranger(checkout, namespace) for namespace in (ELSEWHERE, NAMESPACE)]
    apply(checkout, secret, *pods)
    for namespace in (ELSEWHERE, NAMESPACE):
        checkout.kubectl("wait", "pod", STRANGER, "-n", namespace, "--for=condition=Ready", "--timeout=50s")
    strangers = {
        pod["metadata"]["namespace"]: pod["status"]["podIP"]
        for pod in checkout.objects("pods", "-A", f"--field-selector=metadata.name={STRANGER}")
    }
    yield {"app": app(checkout)["status"]["podIP"], **strangers}
    checkout.kubectl("delete", "namespace", ELSEWHERE)
    checkout.kubectl("delete", "pod", STRANGER, "-n", NAMESPACE)
    (checkout.directory / STACK).write_text(stack)
    checkout.succeed("up")


@pytest.fixture
def metadata() -> Iterator[None]:
    """Somebody listens where GKE's metadata server would."""
    address, port = METADATA
    subprocess.run(["ip", "address", "add", f"{address}/32", "dev", BRIDGE], check=True)
    try:
        with socket.create_server((address, port)):
            yield
    finally:
        subprocess.run(["ip", "address", "delete", f"{address}/32", "dev", BRIDGE], check=True)


def app(checkout: Checkout) -> dict[str, Any]:
    """The app's one pod."""
    (pod,) = checkout.objects("pods", "-n", NAMESPACE, "-l", "app.kubernetes.io/name=gke-webapp")
    return pod


def stranger(checkout: Checkout, namespace: str) -> dict[str, Any]:
    """A pod without labels, of the app's image."""
    container = app(checkout)["spec"]["containers"][0]
    kept = {name: container[name] for name in ("image", "securityContext")}
    serve = ["python3", "-m", "http.server", str(PORT), "--directory", "/usr"]
    probe = {"tcpSocket": {"port": PORT}, "periodSeconds": 1}
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": STRANGER, "namespace": namespace},
        "spec": {
            "securityContext": app(checkout)["spec"]["securityContext"],
            "automountServiceAccountToken": False,
            "imagePullSecrets": [{"name": "regcred"}],
            "terminationGracePeriodSeconds": 0,
            "containers": [{"name": "serve", "command": serve, "readinessProbe": probe, **kept}],
        },
    }


def apply(checkout: Checkout, *manifests: dict[str, Any]) -> None:
    file = checkout.directory / "manifests.json"
    file.write_text(json.dumps({"apiVersion": "v1", "kind": "List", "items": manifests}))
    checkout.kubectl("apply", "--filename", str(file))
    file.unlink()


def test_the_load_balancer_reaches_the_app(checkout: Checkout, addresses: dict[str, str]) -> None:
    assert addresses["app"]
    assert checkout.curl("/ping", https=True) == (200, '"pong"')


@pytest.mark.parametrize("namespace", [ELSEWHERE, NAMESPACE], ids=["another namespace", "the same, without the label"])
def test_no_other_pod_reaches_the_app(checkout: Checkout, addresses: dict[str, str], namespace: str) -> None:
    assert connect(checkout, namespace, STRANGER, addresses["app"], 8000) == REFUSED


@pytest.mark.usefixtures("metadata")
def test_a_namespace_without_policies_is_open(checkout: Checkout, addresses: dict[str, str]) -> None:
    """Else the other tests would pass where nobody reaches anything."""
    assert addresses[ELSEWHERE]
    for host, port in ((API_SERVER, 443), (NODE, 10250), METADATA):
        assert connect(checkout, ELSEWHERE, STRANGER, host, port) == REACHED, host


@pytest.mark.usefixtures("metadata")
@pytest.mark.parametrize(
    ("host", "port"),
    [(API_SERVER, 443), (NODE, 10250), METADATA, (ELSEWHERE, PORT), (NAMESPACE, PORT)],
    ids=["the API server", "the node", "the metadata server", "another namespace", "another pod of its namespace"],
)
def test_the_app_reaches_nothing_that_the_stack_file_does_not_name(
    checkout: Checkout, addresses: dict[str, str], host: str, port: int
) -> None:
    assert connect(checkout, NAMESPACE, APP, addresses.get(host, host), port) == REFUSED


@pytest.mark.parametrize("pod", [APP, STRANGER])
def test_every_pod_resolves_names(checkout: Checkout, addresses: dict[str, str], pod: str) -> None:
    assert addresses
    assert resolve(checkout, NAMESPACE, pod, "kube-dns.kube-system.svc.cluster.local") == DNS


def test_egress_of_the_stack_file_opens_what_it_names_and_no_request_fails_meanwhile(
    checkout: Checkout, addresses: dict[str, str]
) -> None:
    before, status = app(checkout)["metadata"]["uid"], checkout.status()
    traffic = Traffic(
        status["domain"], status["address"], status["ca"], rate=100, path="/ping", threads=4, reconnect=True
    )

    def reaches(host: str, port: int) -> str:
        return connect(checkout, NAMESPACE, APP, addresses[host], port)

    with traffic:
        checkout.edit(STACK, "  gke-webapp:workload:\n", f"  gke-webapp:workload:\n{EGRESS}")
        checkout.succeed("up")
        until(lambda: reaches(ELSEWHERE, PORT) == REACHED, 10, "the named namespace is open")
        assert reaches(ELSEWHERE, PORT + 1) == REFUSED
        assert reaches(NAMESPACE, PORT) == REFUSED
        checkout.edit(STACK, EGRESS, "")
        checkout.succeed("up")
        until(lambda: reaches(ELSEWHERE, PORT) == REFUSED, 10, "it is closed again")
    assert traffic.failures == []
    assert traffic.answered > 500
    assert app(checkout)["metadata"]["uid"] == before
