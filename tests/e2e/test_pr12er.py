"""pr12er's life, in order: gRPC over TLS through the Ingress, its probes, its metrics, a rollout, and its end."""

import json
import re
import subprocess
from http.client import HTTPConnection
from typing import Any
from urllib.request import urlopen

import grpc
import pytest
from grpc_health.v1.health_pb2 import HealthCheckRequest, HealthCheckResponse

from tests.e2e.conftest import Checkout
from tests.e2e.reviews_client import Load, connected
from tests.unit.pr12er.protocol import HealthStub, reviews, rpcs

pytestmark = pytest.mark.e2e

NAMESPACE = "pr12er-dev"
HOST = "server-pr12er-dev.dev.example.com"
STACK = "examples/pr12er/Pulumi.dev.yaml"


@pytest.fixture(scope="module")
def status(checkout: Checkout) -> dict[str, Any]:
    checkout.succeed("up", "--system", "pr12er")
    return checkout.status("pr12er")


def probe(checkout: Checkout, *arguments: str) -> int:
    """Exit code of the probe in the server's container."""
    pod = ["exec", "deployment/server", f"--namespace={NAMESPACE}", "--kubeconfig", str(checkout.home / "kubeconfig")]
    command = [checkout.home / "bin" / "kubectl", *pod, "--", "/bin/grpc_health_probe", *arguments]
    return subprocess.run(command, capture_output=True, timeout=60, check=False).returncode


def container(checkout: Checkout) -> dict[str, Any]:
    [server] = checkout.objects("deployments", "--namespace", NAMESPACE)
    return server["spec"]["template"]["spec"]["containers"][0]


def test_a_made_host_and_the_controllers_address_are_outputs(status: dict[str, Any]) -> None:
    assert (status["domain"], status["outputs"]["host"]) == (HOST, HOST)
    assert status["address"]


def test_a_client_finds_the_server_healthy_through_the_ingress_over_tls(status: dict[str, Any]) -> None:
    with connected(status) as channel:
        for service in ("", "pr12er.v1.Reviews"):
            answer = HealthStub(channel).Check(HealthCheckRequest(service=service), timeout=10)
            assert answer.status == HealthCheckResponse.SERVING


def test_rpcs_are_answered_and_refused_with_the_servers_own_status(status: dict[str, Any]) -> None:
    with connected(status) as channel:
        stub = rpcs.ReviewsStub(channel)
        assert stub.GetVideo(reviews.GetVideoRequest(number=5), timeout=10).title == "Attention Is All You Need"
        assert len(stub.ListVideos(reviews.ListVideosRequest(), timeout=10).videos) == 8
        with pytest.raises(grpc.RpcError) as error:
            stub.GetVideo(reviews.GetVideoRequest(number=99), timeout=10)
    assert error.value.code() == grpc.StatusCode.NOT_FOUND  # pyright: ignore[reportAttributeAccessIssue]
    assert "1 to 8" in str(error.value)


def test_a_stream_of_thousands_of_messages_arrives_whole_and_in_order(status: dict[str, Any]) -> None:
    with connected(status) as channel:
        moments = rpcs.ReviewsStub(channel).WatchVideo(reviews.WatchVideoRequest(number=5), timeout=60)
        assert [moment.second for moment in moments] == [*range(2700)]


def test_http_is_redirected_to_https(status: dict[str, Any]) -> None:
    connection = HTTPConnection(status["address"], timeout=10)
    connection.request("GET", "/", headers={"Host": HOST})
    response = connection.getresponse()
    connection.close()
    assert (response.status, response.headers["Location"]) == (308, f"https://{HOST}/")


@pytest.mark.usefixtures("status")
@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["--addr=:9000"], 0),
        ([], 1),
        (["--addr=:1"], 2),
        (["--addr=:9000", "--service=nobody"], 3),
    ],
)
def test_the_probe_in_the_image_exits_as_the_one_that_it_is_named_after(
    checkout: Checkout, arguments: list[str], code: int
) -> None:
    assert probe(checkout, *arguments) == code


@pytest.mark.usefixtures("status")
def test_metrics_are_answered_in_prometheus_text(checkout: Checkout) -> None:
    forward = ["port-forward", "deployment/server", ":9093", f"--namespace={NAMESPACE}"]
    command = [checkout.home / "bin" / "kubectl", "--kubeconfig", checkout.home / "kubeconfig", *forward]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as forwarding:
        try:
            assert forwarding.stdout
            told = re.match(r"Forwarding from (127\.0\.0\.1:\d+)", forwarding.stdout.readline())
            assert told
            with urlopen(f"http://{told[1]}/metrics", timeout=10) as response:
                assert response.headers["Content-Type"].startswith("text/plain; version=")
                text = response.read().decode()
        finally:
            forwarding.terminate()
    assert re.search(r'^grpc_server_handled_total\{.*grpc_method="WatchVideo".*\} [1-9]', text, re.MULTILINE)


def test_one_key_makes_the_kubelet_itself_ask_and_the_rollout_fails_no_rpc(
    checkout: Checkout, status: dict[str, Any]
) -> None:
    assert "exec" in container(checkout)["readinessProbe"]
    checkout.edit(STACK, "  pr12er:server:\n", "  pr12er:probes: grpc\n  pr12er:server:\n")
    with Load(status) as load:
        checkout.succeed("up", "--system", "pr12er")
    print(f"{load.answered} RPCs and as many streams")
    assert load.failures == []
    assert load.answered > 50
    server = container(checkout)
    assert {name: server[name]["grpc"]["port"] for name in ("readinessProbe", "livenessProbe")} == {
        "readinessProbe": 9000,
        "livenessProbe": 9000,
    }
    [pod] = [
        each
        for each in checkout.objects("pods", "--namespace", NAMESPACE)
        if "deletionTimestamp" not in each["metadata"]
    ]
    assert pod["status"]["containerStatuses"][0]["restartCount"] == 0


@pytest.mark.usefixtures("status")
def test_millibytes_of_memory_are_refused_before_anything_is_applied(checkout: Checkout) -> None:
    before = container(checkout)
    checkout.edit(STACK, "memory: 10Mi", "memory: 10m")
    done = checkout.run("up", "--system", "pr12er")
    checkout.edit(STACK, "memory: 10m", "memory: 10Mi")
    assert done.returncode == 1
    assert "thousandths" in done.stdout and "10Mi" in done.stdout
    assert container(checkout) == before


@pytest.mark.usefixtures("status")
def test_destroy_leaves_nothing(checkout: Checkout) -> None:
    checkout.succeed("destroy", "--system", "pr12er")
    assert checkout.status("pr12er")["resources"] == 0
    assert NAMESPACE not in {each["metadata"]["name"] for each in checkout.objects("namespaces")}
    google = json.loads((checkout.home / "google.json").read_text())
    assert not [name for name in google if NAMESPACE in name]
