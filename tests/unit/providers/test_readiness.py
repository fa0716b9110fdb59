"""When an object counts as ready, kind by kind."""

from typing import Any

import pytest

from sandbox.errors import SandboxError
from sandbox.providers.kubernetes.diagnosis import label_selector, troubles, unselected
from sandbox.providers.kubernetes.expectation import expectation
from sandbox.providers.kubernetes.readiness import awaits_endpoints, endpoints, readiness, remarks

READY, WAITING, FAILED = "ready", "waiting", "failed"


def live(token: str, spec: Any = None, status: Any = None, generation: int = 1) -> dict[str, Any]:
    api_version, _, kind = token.rpartition("/")
    metadata = {"name": "web", "namespace": "dev", "uid": "u", "generation": generation}
    thing = {"apiVersion": api_version, "kind": kind, "metadata": metadata, "spec": spec or {}}
    return thing if status is None else {**thing, "status": status}


def condition(kind: str, status: str = "True", reason: str = "R", message: str = "why") -> dict[str, Any]:
    return {"conditions": [{"type": kind, "status": status, "reason": reason, "message": message}]}


ROLLED = {"observedGeneration": 1, "replicas": 2, "updatedReplicas": 2, "availableReplicas": 2, "readyReplicas": 2}
REVISIONS = {"currentRevision": "a", "updateRevision": "a"}
SPREAD = {"observedGeneration": 1, "desiredNumberScheduled": 2, "updatedNumberScheduled": 2, "numberAvailable": 2}


@pytest.mark.parametrize(
    ("token", "spec", "status", "expected", "reason"),
    [
        ("apps/v1/Deployment", {"replicas": 2}, ROLLED, READY, ""),
        ("apps/v1/Deployment", {"replicas": 0}, {"observedGeneration": 1}, READY, ""),
        ("apps/v1/Deployment", {"replicas": 2}, None, WAITING, "has not seen"),
        ("apps/v1/Deployment", {"replicas": 2}, {**ROLLED, "observedGeneration": 0}, WAITING, "has not seen"),
        ("apps/v1/Deployment", {"replicas": 2}, {**ROLLED, "updatedReplicas": 1}, WAITING, "1 of 2 new pods"),
        ("apps/v1/Deployment", {"replicas": 2}, {**ROLLED, "replicas": 3}, WAITING, "1 old pods"),
        ("apps/v1/Deployment", {"replicas": 2}, {**ROLLED, "availableReplicas": 1}, WAITING, "1 of 2 pods"),
        (
            "apps/v1/Deployment",
            {},
            {**ROLLED, **condition("Progressing", "False", "ProgressDeadlineExceeded")},
            FAILED,
            "ProgressDeadlineExceeded",
        ),
        ("apps/v1/StatefulSet", {"replicas": 2}, {**ROLLED, **REVISIONS}, READY, ""),
        (
            "apps/v1/StatefulSet",
            {"replicas": 2},
            {**ROLLED, **REVISIONS, "readyReplicas": 1},
            WAITING,
            "1 of 2 pods are ready",
        ),
        (
            "apps/v1/StatefulSet",
            {"replicas": 2},
            {**ROLLED, **REVISIONS, "updateRevision": "b"},
            WAITING,
            "new revision",
        ),
        (
            "apps/v1/StatefulSet",
            {"replicas": 2, "updateStrategy": {"type": "OnDelete"}},
            {**ROLLED, **REVISIONS, "updateRevision": "b"},
            READY,
            "",
        ),
        ("apps/v1/DaemonSet", {}, SPREAD, READY, ""),
        ("apps/v1/DaemonSet", {}, {**SPREAD, "updatedNumberScheduled": 1}, WAITING, "1 of 2 nodes"),
        ("apps/v1/DaemonSet", {}, {**SPREAD, "numberAvailable": 1}, WAITING, "available on 1 of 2"),
        ("v1/Pod", {}, condition("Ready"), READY, ""),
        ("v1/Pod", {}, {"phase": "Succeeded"}, READY, ""),
        ("v1/Pod", {}, {"phase": "Pending", **condition("Ready", "False")}, WAITING, "Pending"),
        ("v1/Pod", {}, {"phase": "Failed"}, FAILED, "Failed"),
        ("batch/v1/Job", {}, condition("Complete"), READY, ""),
        ("batch/v1/Job", {}, {"active": 1}, WAITING, "1 active"),
        ("batch/v1/Job", {}, condition("Failed", reason="BackoffLimitExceeded"), FAILED, "BackoffLimitExceeded"),
        ("v1/Service", {"type": "ClusterIP"}, {}, READY, ""),
        ("v1/Service", {"type": "LoadBalancer"}, {"loadBalancer": {}}, WAITING, "no address"),
        ("v1/Service", {"type": "LoadBalancer"}, {"loadBalancer": {"ingress": [{"ip": "127.0.0.1"}]}}, READY, ""),
        ("networking.k8s.io/v1/Ingress", {}, {"loadBalancer": {}}, WAITING, "no address"),
        ("networking.k8s.io/v1/Ingress", {}, {"loadBalancer": {"ingress": [{"ip": "127.0.0.1"}]}}, READY, ""),
        ("v1/ReplicationController", {"replicas": 2}, ROLLED, READY, ""),
        ("v1/ReplicationController", {"replicas": 3}, ROLLED, WAITING, "2 of 3 pods"),
        ("v1/Secret", {}, None, READY, ""),
        ("v1/PersistentVolumeClaim", {}, {"phase": "Pending"}, WAITING, "Pending"),
        ("v1/PersistentVolumeClaim", {}, {"phase": "Bound"}, READY, ""),
        ("v1/PersistentVolume", {}, {"phase": "Available"}, READY, ""),
        ("v1/Namespace", {}, {"phase": "Active"}, READY, ""),
        ("v1/Namespace", {}, {"phase": "Terminating"}, WAITING, "Terminating"),
        ("v1/ResourceQuota", {"hard": {"pods": "1"}}, {}, WAITING, "not in force"),
        ("v1/ResourceQuota", {"hard": {"pods": "1"}}, {"hard": {"pods": "1"}}, READY, ""),
        ("apiextensions.k8s.io/v1/CustomResourceDefinition", {}, condition("Established"), READY, ""),
        ("apiextensions.k8s.io/v1/CustomResourceDefinition", {}, {}, WAITING, "does not serve"),
        ("apiextensions.k8s.io/v1/CustomResourceDefinition", {}, condition("NamesAccepted", "False"), FAILED, "why"),
    ],
)
def test_an_object_is_ready_waiting_or_failed_and_says_why(
    token: str, spec: Any, status: Any, expected: str, reason: str
) -> None:
    known = readiness(live(token, spec, status))
    assert known is not None
    verdict = known.rule(live(token, spec, status))
    assert (READY if verdict.ready else FAILED if verdict.failed else WAITING) == expected
    assert reason in verdict.reason


def test_an_object_of_another_kind_is_ready_once_it_exists() -> None:
    assert readiness(live("v1/ConfigMap")) is None
    assert readiness(live("networking.gke.io/v1/Ingress")) is None


@pytest.mark.parametrize(
    ("spec", "awaited"),
    [
        ({"selector": {"a": "b"}}, True),
        ({"selector": {"a": "b"}, "type": "NodePort"}, True),
        ({}, False),
        ({"selector": {"a": "b"}, "clusterIP": "None"}, False),
        ({"selector": {"a": "b"}, "type": "ExternalName"}, False),
    ],
)
def test_a_service_waits_for_pods_only_if_the_cluster_finds_them_for_it(spec: Any, awaited: bool) -> None:
    assert awaits_endpoints(live("v1/Service", spec)) is awaited


def test_ending_pods_count_neither_as_ready_nor_as_pending() -> None:
    states = [{"ready": True}, {}, {"ready": False}, {"ready": False, "terminating": True}]
    assert endpoints([{"endpoints": [{"conditions": state} for state in states]}, {}]) == (2, 1)


def test_a_refused_pod_is_remarked_on() -> None:
    refused = condition("ReplicaFailure", reason="FailedCreate", message="exceeded quota: small")
    assert list(remarks(live("apps/v1/Deployment", {}, refused))) == ["[FailedCreate] exceeded quota: small"]


def pod(**status: Any) -> dict[str, Any]:
    return live("v1/Pod", {}, status)


def state(name: str, ready: bool = False, last: Any = None, **state: Any) -> dict[str, Any]:
    return {"name": name, "ready": ready, "state": state, "lastState": last or {}}


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (
            condition("PodScheduled", "False", "Unschedulable", "0/1 nodes"),
            [("", "[Unschedulable] 0/1 nodes", "waiting")],
        ),
        ({"reason": "Evicted", "message": "disk"}, [("", "[Evicted] disk", "waiting")]),
        (
            {"containerStatuses": [state("c", waiting={"reason": "ErrImagePull", "message": "401"})]},
            [("c", "[ErrImagePull] 401", "waiting")],
        ),
        ({"containerStatuses": [state("c", waiting={"reason": "ContainerCreating"})]}, []),
        (
            {
                "containerStatuses": [
                    state(
                        "c",
                        last={"terminated": {"exitCode": 1}},
                        waiting={"reason": "CrashLoopBackOff", "message": "back-off"},
                    )
                ]
            },
            [("c", "[CrashLoopBackOff] back-off", "ended")],
        ),
        (
            {"containerStatuses": [state("c", terminated={"reason": "Error", "exitCode": 2})]},
            [("c", "[Error] exit code 2", "ended")],
        ),
        (
            {
                "initContainerStatuses": [state("i", terminated={"reason": "Completed", "exitCode": 0})],
                "containerStatuses": [state("c", running={})],
            },
            [("c", "is running but not ready", "running")],
        ),
        ({"containerStatuses": [state("c", ready=True, running={})]}, []),
    ],
)
def test_a_pods_troubles_are_named_by_container(status: Any, expected: Any) -> None:
    assert list(troubles(pod(**status))) == expected


def test_a_service_that_selects_nothing_names_the_label_the_nearest_pod_lacks() -> None:
    near = {"metadata": {"name": "near", "namespace": "dev", "labels": {"app": "monolith"}}}
    far = {"metadata": {"name": "far", "namespace": "dev"}}
    text = unselected({"app": "monolith", "secure": "enabled"}, [far, near])
    assert "Pod dev/near lacks only secure=enabled" in text
    assert "lacks" not in unselected({"app": "x"}, [far])
    assert "selects no pod" in unselected({"app": "x"}, [])


def test_a_selector_is_spelled_as_the_api_wants_it() -> None:
    expressions = [
        {"key": "a", "operator": "In", "values": ["1", "2"]},
        {"key": "b", "operator": "NotIn", "values": ["3"]},
        {"key": "c", "operator": "Exists"},
        {"key": "d", "operator": "DoesNotExist"},
    ]
    selector = {"matchLabels": {"app": "web"}, "matchExpressions": expressions}
    assert label_selector(selector) == "app=web,a in (1,2),b notin (3),c,!d"


def test_the_secret_of_an_account_is_ready_once_it_holds_the_token() -> None:
    secret = {**live("v1/Secret"), "type": "kubernetes.io/service-account-token"}
    rule = readiness(secret)
    assert rule is not None
    assert not rule.rule(secret).ready
    assert rule.rule({**secret, "data": {"token": "x"}}).ready


@pytest.mark.parametrize(
    ("text", "ready"),
    [
        ("condition=Ready", True),
        ("condition=Ready=False", False),
        ("condition=Other", False),
        ("jsonpath={.status.phase}=Active", True),
        ("jsonpath={.status.phase}", True),
        ("jsonpath={.status.missing}", False),
        ("jsonpath={.status.conditions[0].type}=Ready", True),
        ("jsonpath={.status.number}=3", True),
        ('jsonpath={.status.conditions[?(@.type=="Ready")].status}=True', True),
        ('jsonpath={.status.conditions[?(@.type=="Other")].status}=True', False),
        ("jsonpath={$.status['phase']}=Active", True),
        ('["condition=Ready", "jsonpath={.status.phase}=Gone"]', False),
    ],
)
def test_a_program_can_say_itself_what_to_wait_for(text: str, ready: bool) -> None:
    thing = live("a/v1/Thing", {}, {"phase": "Active", "number": 3, **condition("Ready")})
    thing["metadata"]["annotations"] = {"pulumi.com/waitFor": text}
    rule = expectation(thing)
    assert rule is not None
    assert rule(thing).ready is ready


def test_an_expectation_holds_only_for_what_the_controller_has_seen() -> None:
    thing = live("a/v1/Thing", {}, {"observedGeneration": 1, **condition("Ready")})
    thing["metadata"] |= {"generation": 2, "annotations": {"pulumi.com/waitFor": "condition=Ready"}}
    rule = expectation(thing)
    assert rule is not None
    assert not rule(thing).ready


def test_an_expectation_that_is_not_understood_is_refused() -> None:
    thing = {"metadata": {"annotations": {"pulumi.com/waitFor": "jsonpath={..x}"}}}
    with pytest.raises(SandboxError, match="is not understood"):
        expectation(thing)
