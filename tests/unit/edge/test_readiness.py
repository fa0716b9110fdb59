"""A pod behind a network endpoint group counts as ready once the load balancer's health check has passed."""

import re
from datetime import timedelta
from typing import Any

import pytest

from sandbox.cluster.cluster import OBJECTS
from sandbox.edge.backend import NEG
from sandbox.edge.model import Backend
from sandbox.edge.objects import Kind
from sandbox.edge.readiness import GATE, TIMEOUT, Readiness
from tests.unit.edge.conftest import NOW
from tests.unit.edge.fakes import FakeApi, FakeCluster

ADDRESS = "10.244.0.5"
GROUP = Backend("neg", ("shop", "web"), "http", endpoint_group=True)


class Pods:
    """One pod with the gate, selected by the Service `web`, and whoever tells it how far it is."""

    def __init__(self, cluster: FakeCluster) -> None:
        self.cluster = cluster
        self.api = FakeApi(cluster)
        self.readiness = Readiness(self.api)
        cluster.service()
        cluster.add(
            Kind.POD,
            "web-0",
            spec={"containers": [], "readinessGates": [{"conditionType": GATE}]},
            status={"podIP": ADDRESS},
            metadata={"labels": {"app": "web"}, "creationTimestamp": f"{NOW:%Y-%m-%dT%H:%M:%SZ}"},
        )

    def look(self, *backends: Backend, healthy: str = "", after: timedelta = timedelta()) -> None:
        self.readiness.look(self.cluster, backends, {"neg": [healthy]}, NOW + after)

    @property
    def pod(self) -> dict[str, Any]:
        return dict(self.cluster[Kind.POD]["shop", "web-0"])

    @property
    def condition(self) -> tuple[str, str]:
        (condition,) = self.pod["status"]["conditions"]
        assert condition["type"] == GATE
        return condition["status"], condition["reason"]


@pytest.fixture
def pods(cluster: FakeCluster) -> Pods:
    return Pods(cluster)


def test_a_pod_waits_for_the_health_check_and_is_told_of_what_group(pods: Pods) -> None:
    pods.look(GROUP)
    assert pods.condition == ("False", "LoadBalancerNegNotReady")
    assert "NEG(s): [neg]" in pods.pod["status"]["conditions"][0]["message"]


def test_it_passes_with_its_own_address_alone(pods: Pods) -> None:
    pods.look(GROUP, healthy="10.244.0.6")
    assert pods.condition[0] == "False"
    pods.look(GROUP, healthy=ADDRESS)
    assert pods.condition == ("True", "LoadBalancerNegReady")


def test_once_passed_it_stays_so(pods: Pods) -> None:
    pods.look(GROUP, healthy=ADDRESS)
    pods.look(GROUP)
    assert pods.condition[0] == "True"


def test_what_has_been_told_is_not_told_again(pods: Pods) -> None:
    pods.look(GROUP)
    pods.look(GROUP)
    assert len(pods.api.patches) == 1


@pytest.mark.parametrize(
    "backend",
    [Backend("neg", GROUP.service, "http"), Backend("neg", ("other", "web"), "http", endpoint_group=True)],
    ids=["a load balancer without endpoint groups", "the same name in another namespace"],
)
def test_a_pod_in_no_group_passes(pods: Pods, backend: Backend) -> None:
    pods.look(backend)
    assert pods.condition == ("True", "LoadBalancerNegReady")


def test_a_pod_passes_after_ten_minutes_all_the_same(pods: Pods) -> None:
    pods.look(GROUP, after=TIMEOUT + timedelta(seconds=1))
    assert pods.condition == ("True", "LoadBalancerNegTimeout")


@pytest.mark.parametrize(
    "change",
    [{"spec": {"containers": []}}, {"metadata": {"deletionTimestamp": "now"}}],
    ids=["without the gate", "that is ending"],
)
def test_a_pod_is_left_alone(pods: Pods, change: dict[str, Any]) -> None:
    pod = pods.pod
    changed = {**pod, **change, "metadata": pod["metadata"] | change.get("metadata", {})}
    pods.cluster[Kind.POD]["shop", "web-0"] = changed
    pods.look(GROUP)
    assert pods.api.patches == []


def test_the_admission_policy_means_the_same_gate_and_annotation() -> None:
    (text,) = [file.read_text() for directory in OBJECTS for file in directory.glob("neg-readiness.yaml")]
    assert set(re.findall(r"'(cloud\.google\.com/[^']+)'", text)) == {GATE, NEG}
