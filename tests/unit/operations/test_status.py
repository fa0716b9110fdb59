"""Is it up, and if not, why: as the cluster's own objects tell."""

import json
from typing import Any

import pytest

from operations.error import OperationError
from operations.part import BACKENDS, CERTIFICATES, Part, parts
from operations.status import WARNINGS, Status, warnings
from tests.unit.operations.cluster import NAMESPACE, FakeCluster

ADDRESS = "203.0.113.10"
BALANCED = {"loadBalancer": {"ingress": [{"ip": ADDRESS}]}}


@pytest.fixture
def cluster() -> FakeCluster:
    return FakeCluster()


def deployment(cluster: FakeCluster, available: int = 2, **status: Any) -> None:
    counts = {"observedGeneration": 1, "replicas": 2, "updatedReplicas": 2, "availableReplicas": available}
    cluster.add(
        "Deployment",
        "web",
        spec={"replicas": 2, "selector": {"matchLabels": {"app": "web"}}},
        status={**counts, **status},
    )


def ingress(cluster: FakeCluster, health: str = "HEALTHY", certificates: str = "cert", **status: Any) -> dict[str, Any]:
    notes = {BACKENDS: json.dumps({"k8s-be": health}) if health else "{}", CERTIFICATES: certificates}
    return cluster.add("Ingress", "web", metadata={"annotations": notes}, status=status or BALANCED)


def certificate(cluster: FakeCluster, **states: str) -> None:
    told = [{"domain": domain.replace("_", "."), "status": state} for domain, state in states.items()]
    spec = {"domains": [each["domain"] for each in told]}
    cluster.add("ManagedCertificate", "cert", spec=spec, status={"domainStatus": told})


def status(cluster: FakeCluster) -> Status:
    return Status(NAMESPACE, "https://app.example.com/", tuple(parts(cluster, NAMESPACE)), ())


def part(cluster: FakeCluster, kind: str) -> Part:
    (found,) = [each for each in parts(cluster, NAMESPACE) if each.kind == kind]
    return found


def test_a_stack_that_serves_is_up(cluster: FakeCluster) -> None:
    deployment(cluster)
    ingress(cluster)
    certificate(cluster, app_example_com="Active")
    shown = status(cluster)
    assert shown.up
    text = shown.to_text().splitlines()
    assert text[0] == f"{NAMESPACE} is up: https://app.example.com/"
    assert text[1].split() == ["ok", "Deployment", "web", "2", "of", "2", "pods", "available"]
    assert len(text) == 4


def test_an_empty_namespace_is_not_up(cluster: FakeCluster) -> None:
    assert not status(cluster).up
    assert "Nothing runs" in status(cluster).to_text()


def test_a_broken_image_is_told_with_the_registrys_answer(cluster: FakeCluster) -> None:
    deployment(cluster, available=1)
    waiting = {"reason": "ImagePullBackOff", "message": "Back-off pulling image"}
    state = {"containerStatuses": [{"name": "web", "state": {"waiting": waiting}}]}
    cluster.add("Pod", "web-1", status=state)
    cluster.warn("Pod", "web-1", "Failed", "ghcr.io: 403 Forbidden")
    found = part(cluster, "Deployment")
    assert (found.up, found.said) == (False, "1 of 2 pods are available")
    assert "ImagePullBackOff" in found.reasons[0]
    assert "ghcr.io: 403 Forbidden" in found.reasons[1]


def test_a_pod_that_crashes_shows_its_last_log_lines(cluster: FakeCluster) -> None:
    deployment(cluster, available=0)
    ended = {"terminated": {"reason": "Error", "exitCode": 3}}
    cluster.add("Pod", "web-1", status={"containerStatuses": [{"name": "web", "state": ended}]})
    cluster.logs["web-1", "web"] = ["KeyError: 'DATABASE'"]
    assert "KeyError: 'DATABASE'" in part(cluster, "Deployment").reasons[0]
    assert "KeyError: 'DATABASE'" in status(cluster).to_text()


def test_a_pod_that_never_gets_ready_is_told_with_what_its_probe_heard(cluster: FakeCluster) -> None:
    deployment(cluster, available=0)
    running = {"name": "web", "state": {"running": {}}, "ready": False}
    cluster.add("Pod", "web-1", status={"containerStatuses": [running]})
    cluster.warn("Pod", "web-1", "Unhealthy", "Readiness probe failed: HTTP 503")
    assert part(cluster, "Deployment").reasons == (
        "Pod web-1, container web: is running but not ready",
        "Pod web-1: [Unhealthy] Readiness probe failed: HTTP 503",
    )


def test_a_failed_job_counts_unless_a_cron_job_started_it(cluster: FakeCluster) -> None:
    failed = {"conditions": [{"type": "Failed", "status": "True", "reason": "BackoffLimitExceeded"}]}
    cluster.add("Job", "nightly-1", status=failed, metadata={"ownerReferences": [{"kind": "CronJob"}]})
    assert list(parts(cluster, NAMESPACE)) == []
    cluster.add("Job", "migration", status=failed)
    assert not part(cluster, "Job").up


@pytest.mark.parametrize("health", ["UNHEALTHY", "Unknown", ""])
def test_an_address_without_a_healthy_backend_is_not_up(cluster: FakeCluster, health: str) -> None:
    ingress(cluster, health, certificates="")
    found = part(cluster, "Ingress")
    assert not found.up
    assert found.said == f"{ADDRESS}, but not every backend is healthy"


def test_an_ingress_without_an_address_shows_what_its_controller_said(cluster: FakeCluster) -> None:
    ingress(cluster, certificates="", loadBalancer={})
    cluster.warn("Ingress", "web", "Sync", "the address gke-webapp-dev does not exist")
    assert any("does not exist" in reason for reason in part(cluster, "Ingress").reasons)


def test_an_nginx_ingress_has_no_word_on_its_backends(cluster: FakeCluster) -> None:
    cluster.add("Ingress", "web", spec={"ingressClassName": "nginx"}, status=BALANCED)
    assert part(cluster, "Ingress").up


def test_a_certificate_that_is_not_there_is_missed(cluster: FakeCluster) -> None:
    ingress(cluster)
    found = part(cluster, "ManagedCertificate")
    assert (found.up, found.said) == (False, "does not exist")


@pytest.mark.parametrize(
    ("redirect", "told"),
    [
        (None, "`pulumi up --refresh` redirects HTTP to HTTPS"),
        ({"enabled": False}, "The stack file says `redirectToHttps: false`"),
        ({"enabled": True}, ""),
    ],
)
def test_http_that_is_served_in_plain_although_every_certificate_is_active_is_told_of(
    cluster: FakeCluster, redirect: dict[str, bool] | None, told: str
) -> None:
    live = ingress(cluster)
    live["metadata"]["annotations"]["networking.gke.io/v1beta1.FrontendConfig"] = "web"
    certificate(cluster, app_example_com="Active")
    cluster.add("FrontendConfig", "web", spec={"redirectToHttps": redirect} if redirect else {})
    found = [each for each in parts(cluster, NAMESPACE) if each.kind == "FrontendConfig"]
    assert [each.up for each in found] == ([True] if told else []), "the stack serves"
    assert told in "".join(reason for each in found for reason in each.reasons)


def test_a_redirect_is_not_missed_while_a_certificate_is_being_issued(cluster: FakeCluster) -> None:
    live = ingress(cluster)
    live["metadata"]["annotations"]["networking.gke.io/v1beta1.FrontendConfig"] = "web"
    certificate(cluster, app_example_com="Active", www_example_com="Provisioning")
    cluster.add("FrontendConfig", "web", spec={})
    assert "FrontendConfig" not in {each.kind for each in parts(cluster, NAMESPACE)}


@pytest.mark.parametrize(
    ("state", "told"),
    [
        ("Provisioning", "15 to 60 minutes"),
        ("FailedNotVisible", f"Point its A record to {ADDRESS}"),
        ("FailedCaaForbidden", 'CAA 0 issue "pki.goog"'),
        ("SomethingNew", "Google's documents"),
    ],
)
def test_a_certificate_says_for_each_domain_what_it_waits_for(cluster: FakeCluster, state: str, told: str) -> None:
    ingress(cluster)
    certificate(cluster, app_example_com="Active", www_example_com=state)
    first, second = (each for each in parts(cluster, NAMESPACE) if each.kind == "ManagedCertificate")
    assert first.up and not second.up
    assert second.said == f"www.example.com: {state}"
    assert told in second.reasons[0]


def test_a_gateway_is_up_once_it_is_programmed(cluster: FakeCluster) -> None:
    addresses = [{"type": "IPAddress", "value": ADDRESS}]
    good = [{"type": kind, "status": "True"} for kind in ("Accepted", "Programmed")]
    gateway = cluster.add("Gateway", "web", status={"addresses": addresses, "conditions": good})
    assert part(cluster, "Gateway").said == ADDRESS
    gateway["status"]["conditions"][1] = {"type": "Programmed", "status": "False", "reason": "Invalid", "message": "no"}
    found = part(cluster, "Gateway")
    assert (found.up, found.reasons[0]) == (False, "Programmed: [Invalid] no")


def test_an_autoscaler_without_metrics_is_told_but_takes_nothing_down(cluster: FakeCluster) -> None:
    stuck = {"type": "ScalingActive", "status": "False", "reason": "FailedGetResourceMetric", "message": "no metrics"}
    spec = {"minReplicas": 2, "maxReplicas": 4}
    cluster.add("HorizontalPodAutoscaler", "web", spec=spec, status={"currentReplicas": 2, "conditions": [stuck]})
    found = part(cluster, "HorizontalPodAutoscaler")
    assert found.up
    assert found.said == "2 pods of 2 to 4"
    assert found.reasons == ("[FailedGetResourceMetric] no metrics",)


def test_a_load_balancer_without_an_address_is_not_up(cluster: FakeCluster) -> None:
    cluster.add("Service", "inside", spec={"type": "ClusterIP"})
    assert list(parts(cluster, NAMESPACE)) == []
    cluster.add("Service", "front", spec={"type": "LoadBalancer"}, status={"loadBalancer": {}})
    assert not part(cluster, "Service").up


def test_the_latest_warnings_are_few_and_each_is_told_once(cluster: FakeCluster) -> None:
    for minute in range(20):
        cluster.warn("Pod", "web-1", "BackOff", f"attempt {minute}", f"2026-11-21T12:{minute:02}:00Z")
        cluster.warn("Pod", f"other-{minute}", "BackOff", "again", f"2026-11-21T11:{minute:02}:00Z")
    told = list(warnings(cluster, NAMESPACE))
    assert len(told) == WARNINGS
    assert told[0] == "2026-11-21T12:19:00Z Pod web-1: [BackOff] attempt 19"


def test_warnings_of_the_past_do_not_clutter_a_stack_that_is_up() -> None:
    up = Status(NAMESPACE, "", (Part("Deployment", "web", True, "2 of 2 pods available"),), ("a warning",))
    down = Status(NAMESPACE, "", (Part("Deployment", "web", False, "0 of 2"),), ("a warning",))
    assert "a warning" not in up.to_text()
    assert "a warning" in down.to_text()
    assert json.loads(down.to_json())["up"] is False


PROVIDER = {"type": "pulumi:providers:kubernetes", "inputs": {}}
STACK = {"type": "pulumi:pulumi:Stack", "outputs": {"url": "https://app.example.com/"}}


@pytest.mark.parametrize("resources", [[], [STACK], [STACK, PROVIDER]])
def test_a_stack_that_is_not_there_has_nothing_to_ask(resources: list[Any]) -> None:
    with pytest.raises(OperationError, match="Bring it up first"):
        Status.of("dev", {"resources": resources})
