"""Google's load balancer asks pods what their readiness probe asks, or the stack file is refused."""

from typing import Any

import pytest

from settings import health_check
from settings.probe import ProbeSettings
from tests.unit.settings.reports import accepted, keys, report


@pytest.mark.parametrize(
    ("stated", "asked"),
    [
        ({}, (5, 2, 3)),
        ({"periodSeconds": 15, "timeoutSeconds": 10, "failureThreshold": 6}, (15, 10, 6)),
        # Google's takes no answer longer than to the next question.
        ({"periodSeconds": 1}, (2, 2, 3)),
        ({"periodSeconds": 5, "timeoutSeconds": 30}, (30, 30, 3)),
    ],
)
def test_the_load_balancer_is_as_patient_as_readiness(stated: dict[str, int], asked: tuple[int, int, int]) -> None:
    made = health_check.manifest(ProbeSettings.model_validate(stated))
    assert (made["checkIntervalSec"], made["timeoutSec"], made["unhealthyThreshold"]) == asked


@pytest.mark.parametrize(
    ("readiness", "words"),
    [({"periodSeconds": 301}, "at most 300"), ({"failureThreshold": 11}, "at most 10")],
)
def test_patience_that_google_does_not_have_is_refused(readiness: dict[str, int], words: str) -> None:
    (key,) = readiness
    text = report(workload={"readiness": readiness, "timeoutSeconds": 3600})
    assert keys(text) == [f"gke-webapp:workload.readiness.{key}"]
    assert words in text


def test_a_pod_counts_when_the_load_balancer_can_have_asked_it() -> None:
    assert accepted(workload={"drainSeconds": 3}).workload.min_ready_seconds == 5
    assert accepted(workload={"drainSeconds": 25}).workload.min_ready_seconds == 25


def test_a_rollout_has_time_for_as_many_health_checks_as_rounds() -> None:
    workload = {"readiness": {"periodSeconds": 60}, "timeoutSeconds": 180}
    assert "3 times the load balancer's health check, 60" in report(workload=workload)


@pytest.mark.parametrize(
    ("workload", "wrong"),
    [
        ({"port": 9000, "portName": "grpc", "readiness": {"type": "grpc"}}, ["portName", "readiness.type"]),
        ({"readiness": {"type": "https"}}, ["readiness.type"]),
        ({"readiness": {"type": "tcp"}}, ["readiness.type"]),
        ({"readiness": {"type": "exec", "command": ["true"]}}, ["readiness.type"]),
        ({"liveness": {"type": "grpc"}}, ["liveness.type"]),
        ({"startup": {"type": "https", "port": "http"}}, ["startup.type"]),
        ({"portName": "https"}, ["portName"]),
        ({"portName": "http2"}, ["portName"]),
        ({"readiness": {"type": "grpc", "port": "rpc"}, "ports": {"rpc": 9000}}, ["readiness.type"]),
    ],
)
def test_pods_that_do_not_speak_http_are_refused_behind_the_load_balancer(
    workload: dict[str, Any], wrong: list[str]
) -> None:
    for kind in ("ingress", "gateway"):
        assert keys(report(workload=workload, ingress={"kind": kind})) == [
            f"gke-webapp:workload.{key}" for key in wrong
        ]


@pytest.mark.parametrize(
    "workload",
    [
        {"liveness": {"type": "tcp"}},
        {"liveness": {"type": "exec", "command": ["true"]}, "startup": {"type": "tcp"}},
        {"liveness": {"type": "grpc", "port": "rpc"}, "ports": {"rpc": 9000}},
        {"portName": "web", "readiness": {"port": "web"}},
    ],
)
def test_what_works_beside_http_is_accepted(workload: dict[str, Any]) -> None:
    accepted(workload=workload)
