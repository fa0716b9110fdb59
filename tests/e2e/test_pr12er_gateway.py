"""pr12er behind a Gateway of Google's, in order: gRPC under TLS on both ways, its health, a rollout, and its end."""

import json
from http.client import HTTPConnection
from typing import Any

import grpc
import pytest
from grpc_health.v1.health_pb2 import HealthCheckRequest, HealthCheckResponse

from tests.e2e.conftest import Checkout
from tests.e2e.reviews_client import Load, connected
from tests.e2e.summary import unchanged
from tests.e2e.waiting import until
from tests.unit.pr12er.protocol import HealthStub, reviews, rpcs

pytestmark = pytest.mark.e2e

SYSTEM = ("--system", "pr12er", "--stack", "gateway")
NAMESPACE = "pr12er-gateway"
HOST = "server-pr12er-gateway.gateway.example.com"
STACK = "examples/pr12er/Pulumi.gateway.yaml"


@pytest.fixture(scope="module")
def status(checkout: Checkout) -> dict[str, Any]:
    checkout.succeed("up", *SYSTEM)
    found = checkout.status("pr12er", "gateway")
    until(lambda: not refused(found), 60, "the Gateway serves")
    return found


def refused(status: dict[str, Any]) -> str:
    """Why an RPC fails; empty when it does not."""
    with connected(status) as channel:
        try:
            rpcs.ReviewsStub(channel).GetVideo(reviews.GetVideoRequest(number=1), timeout=10)
        except grpc.RpcError as error:
            return str(error)
    return ""


def test_the_address_is_reserved_and_the_record_that_dns_needs_is_an_output(status: dict[str, Any]) -> None:
    assert status["domain"] == HOST
    assert status["outputs"]["dnsRecords"] == [f"{HOST}. 300 IN A {status['address']}"]


def test_a_client_finds_the_server_healthy_through_the_gateway_over_tls(status: dict[str, Any]) -> None:
    with connected(status) as channel:
        for service in ("", "pr12er.v1.Reviews"):
            answer = HealthStub(channel).Check(HealthCheckRequest(service=service), timeout=10)
            assert answer.status == HealthCheckResponse.SERVING


def test_rpcs_are_answered_and_refused_with_the_servers_own_status(status: dict[str, Any]) -> None:
    with connected(status) as channel:
        stub = rpcs.ReviewsStub(channel)
        assert stub.GetVideo(reviews.GetVideoRequest(number=5), timeout=10).title == "Attention Is All You Need"
        with pytest.raises(grpc.RpcError) as error:
            stub.GetVideo(reviews.GetVideoRequest(number=99), timeout=10)
    assert error.value.code() == grpc.StatusCode.NOT_FOUND  # pyright: ignore[reportAttributeAccessIssue]


def test_a_stream_of_thousands_of_messages_arrives_whole_and_in_order(status: dict[str, Any]) -> None:
    with connected(status) as channel:
        moments = rpcs.ReviewsStub(channel).WatchVideo(reviews.WatchVideoRequest(number=5), timeout=60)
        assert [moment.second for moment in moments] == [*range(2700)]


def test_http_is_redirected_to_https(status: dict[str, Any]) -> None:
    connection = HTTPConnection(status["address"], timeout=10)
    connection.request("GET", "/", headers={"Host": HOST})
    response = connection.getresponse()
    connection.close()
    assert (response.status, response.headers["Location"]) == (301, f"https://{HOST}/")


@pytest.mark.usefixtures("status")
def test_unchanged_up_touches_nothing(checkout: Checkout) -> None:
    assert unchanged(checkout.succeed("up", *SYSTEM))


def test_a_server_that_is_not_healthy_by_the_grpc_protocol_gets_no_rpc(
    checkout: Checkout, status: dict[str, Any]
) -> None:
    def ask_for(service: str) -> None:
        patch = {"spec": {"default": {"config": {"grpcHealthCheck": {"grpcServiceName": service}}}}}
        policy = [
            "healthcheckpolicy/server",
            f"--namespace={NAMESPACE}",
            "--type=merge",
            f"--patch={json.dumps(patch)}",
        ]
        checkout.kubectl("patch", *policy)

    ask_for("nobody")
    until(lambda: "UNAVAILABLE" in refused(status), 60, "the load balancer knows of no healthy server")
    ask_for("pr12er.v1.Reviews")
    until(lambda: not refused(status), 60, "the server is healthy again")


def test_a_rollout_fails_no_rpc(checkout: Checkout, status: dict[str, Any]) -> None:
    checkout.edit(STACK, "  pr12er:server:\n", "  pr12er:probes: grpc\n  pr12er:server:\n")
    with Load(status) as load:
        checkout.succeed("up", *SYSTEM)
    assert load.failures == []
    assert load.answered > 50


@pytest.mark.usefixtures("status")
def test_destroy_leaves_nothing(checkout: Checkout) -> None:
    checkout.succeed("destroy", *SYSTEM)
    assert checkout.status("pr12er", "gateway")["resources"] == 0
    assert NAMESPACE not in {each["metadata"]["name"] for each in checkout.objects("namespaces")}
    google = json.loads((checkout.home / "google.json").read_text())
    assert not [name for name in google if NAMESPACE in name]
