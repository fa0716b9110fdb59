"""Creating, waiting and deleting, against an API server that is played from a script."""

# The script answers whatever it is asked.
# ruff: noqa: ARG002

import json
import threading
import time
from collections.abc import Iterator
from contextlib import nullcontext
from typing import Any

import pytest

from sandbox.errors import SandboxError
from sandbox.providers.kubernetes import cluster, waiting
from sandbox.providers.kubernetes.cluster import Cluster
from sandbox.providers.kubernetes.configuration import Settings
from sandbox.providers.kubernetes.errors import ApiError, NoSuchKindError, NotReadyError, UnreachableError

OURS = "pulumi-kubernetes-1234abcd"


def deployment(available: int = 1, **metadata: Any) -> dict[str, Any]:
    status = {"observedGeneration": 1, "replicas": 1, "updatedReplicas": 1, "availableReplicas": available}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "web", "namespace": "dev", "uid": "u1", "generation": 1, **metadata},
        "spec": {"replicas": 1, "selector": {"matchLabels": {"app": "web"}}},
        "status": status,
    }


CRASHED = {
    "metadata": {"name": "web-1", "namespace": "dev", "uid": "p1"},
    "status": {
        "containerStatuses": [
            {
                "name": "app",
                "ready": False,
                "state": {"waiting": {"reason": "CrashLoopBackOff", "message": "back-off"}},
                "lastState": {"terminated": {"exitCode": 1}},
            }
        ]
    },
}


class Server:
    """Stands in for the client: answers from what the test puts in."""

    server = "https://api.example.com"

    def __init__(self) -> None:
        self.live: dict[str, Any] | None = None
        self.windows: list[list[Any]] = []
        """What each window of watching shows, change by change; None: nothing. The last one is repeated."""
        self.listed: dict[str, list[dict[str, Any]]] = {}
        self.refusals: list[Exception] = []
        self.applied: list[tuple[dict[str, Any], str, bool]] = []
        self.relinquished: list[str] = []
        self.managed: list[dict[str, Any]] = []

    def within(self, seconds: float, warn: Any) -> "Server":
        return self

    def get(self, thing: dict[str, Any]) -> dict[str, Any] | None:
        return self.live

    def hand_over(self, thing: dict[str, Any], managed: list[dict[str, Any]]) -> None:
        self.managed = managed

    def relinquish(self, thing: dict[str, Any], manager: str) -> None:
        if self.refusals:
            raise self.refusals.pop(0)
        self.relinquished.append(manager)

    def apply(self, thing: dict[str, Any], manager: str, *, force: bool, hear: Any) -> dict[str, Any]:
        if self.refusals:
            raise self.refusals.pop(0)
        self.applied.append((thing, manager, force))
        return deployment(available=0) if thing["kind"] == "Deployment" else thing

    def delete(self, thing: dict[str, Any], policy: str) -> str | None:
        return thing["metadata"]["uid"] if self.live else None

    def select(self, api_version: str, kind: str, namespace: str, **query: str) -> list[dict[str, Any]]:
        return list(self.listed.get(kind, ()))

    def log(self, namespace: str, pod: str, container: str, lines: int, *, previous: bool) -> list[str]:
        return ["Traceback", "KeyError: DATABASE"]

    def follow(
        self, api_version: str, kind: str, namespace: str, seconds: float, **query: str
    ) -> Iterator[list[dict[str, Any]]]:
        window = self.windows[0] if len(self.windows) == 1 else self.windows.pop(0)
        for found in window:
            if isinstance(found, Exception):
                raise found
            yield [found] if found else []


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Server:
    """With no time lost in waits: a window of watching is over at once."""
    monkeypatch.setattr(time, "sleep", silent)
    return Server()


def on(server: Server, **settings: Any) -> Cluster:
    return Cluster(server, Settings.of(settings), threading.Event())  # pyright: ignore[reportArgumentType]


def silent(_: object) -> None:
    """Hears warnings and forgets them; sleeps no time."""


def existing(manager: str, **metadata: Any) -> dict[str, Any]:
    return deployment(managedFields=[{"manager": manager, "operation": "Apply"}], **metadata)


def test_a_creation_returns_once_the_object_is_ready(server: Server) -> None:
    server.windows = [[deployment(0)], [deployment(0), deployment(1)]]
    live = on(server).create(deployment(), OURS, 5, silent)
    assert live["status"]["availableReplicas"] == 1


def test_what_this_resource_applied_before_a_kill_is_taken_up_again(server: Server) -> None:
    server.live, server.windows = existing(OURS), [[deployment()]]
    on(server).create(deployment(), OURS, 5, silent)
    assert len(server.applied) == 1


def test_what_others_made_is_left_alone_and_its_owner_named(server: Server) -> None:
    server.live = existing("kubectl-create")
    with pytest.raises(SandboxError, match="Deployment dev/web already exists and belongs to kubectl-create"):
        on(server).create(deployment(), OURS, 5, silent)
    assert server.applied == []


def test_upsert_takes_over_what_others_made(server: Server) -> None:
    server.live, server.windows = existing("kubectl-create"), [[deployment()]]
    on(server, upsertExistingObjects="true").create(deployment(), OURS, 5, silent)
    assert len(server.applied) == 1


def test_an_object_that_is_still_ending_is_not_created_anew(server: Server) -> None:
    server.live = existing(OURS, deletionTimestamp="now", finalizers=["example.com/hold"])
    with pytest.raises(SandboxError, match=r"still being deleted \(held by example.com/hold\)"):
        on(server).create(deployment(), OURS, 5, silent)


def test_a_kind_or_namespace_that_comes_a_little_later_is_waited_for(server: Server) -> None:
    server.refusals = [NoSuchKindError("no Widget"), ApiError(404, b'{"message": "namespaces \\"dev\\" not found"}')]
    server.windows = [[deployment()]]
    on(server).create(deployment(), OURS, 5, silent)
    assert len(server.applied) == 1


def test_a_kind_that_never_comes_is_an_error(server: Server) -> None:
    server.refusals = [NoSuchKindError("serves no Widget")] * (len(cluster.PAUSES) + 1)
    with pytest.raises(SandboxError, match="serves no Widget"):
        on(server).create(deployment(), OURS, 5, silent)


def test_a_refusal_names_object_server_and_reason(server: Server) -> None:
    server.refusals = [ApiError(403, b'{"message": "exceeded quota", "reason": "Forbidden"}')]
    with pytest.raises(SandboxError, match=r"Deployment dev/web was refused by .*api.example.com: exceeded quota"):
        on(server).create(deployment(), OURS, 5, silent)


def test_a_conflict_says_how_to_take_the_fields_over(server: Server) -> None:
    server.refusals = [ApiError(409, b'{"message": "conflict with \\"kubectl\\"", "reason": "Conflict"}')]
    with pytest.raises(SandboxError, match=r"pulumi\.com/patchForce"):
        on(server).update(deployment(), OURS, 5, silent)


@pytest.mark.parametrize(
    ("settings", "annotations", "force"),
    [({}, {}, False), ({"enablePatchForce": "true"}, {}, True), ({}, {"pulumi.com/patchForce": "true"}, True)],
)
def test_fields_of_others_are_taken_only_when_asked(
    server: Server, settings: Any, annotations: Any, force: bool
) -> None:
    server.windows = [[deployment()]]
    on(server, **settings).update(deployment(annotations=annotations), OURS, 5, silent)
    assert server.applied[0][2] is force


def test_what_never_becomes_ready_ends_with_the_pods_reason_and_last_log_lines(server: Server) -> None:
    server.windows, server.listed = [[deployment(0)]], {"Pod": [CRASHED]}
    heard: list[str] = []
    with pytest.raises(NotReadyError) as failed:
        on(server).create(deployment(), OURS, 0.05, heard.append)
    assert failed.value.reasons[0] == "Deployment dev/web is not ready after 0 s: 0 of 1 pods are available"
    trouble = "Pod dev/web-1, container app: [CrashLoopBackOff] back-off\n    Traceback\n    KeyError: DATABASE"
    assert trouble in failed.value.reasons
    assert heard == [trouble], "the trouble is told once, while it is still waited for"


def test_the_log_of_a_container_that_runs_is_told_once_the_time_is_up(server: Server) -> None:
    running = {
        "metadata": {"name": "web-1", "namespace": "dev", "uid": "p1"},
        "status": {"containerStatuses": [{"name": "app", "state": {"running": {}}, "ready": False}]},
    }
    events = [{"reason": "Unhealthy", "message": "it answered 404", "lastTimestamp": "1", "metadata": {}}]
    server.windows, server.listed = [[deployment(0)]], {"Pod": [running], "Event": events}
    heard: list[str] = []
    with pytest.raises(NotReadyError) as failed:
        on(server).create(deployment(), OURS, 0.05, heard.append)
    unready = "Pod dev/web-1, container app: is running but not ready"
    assert heard.count(unready) == 1
    assert failed.value.reasons[-1] == f"{unready}\n    Traceback\n    KeyError: DATABASE", "after all sentences"


def test_the_registrys_answer_comes_from_the_pods_events(server: Server) -> None:
    waiting_pod = {
        "metadata": {"name": "web-1", "namespace": "dev", "uid": "p1"},
        "status": {
            "containerStatuses": [
                {"name": "app", "state": {"waiting": {"reason": "ImagePullBackOff", "message": "Back-off"}}}
            ]
        },
    }
    events = [
        {"reason": "Failed", "message": "401 Unauthorized", "lastTimestamp": "2", "metadata": {}},
        {"reason": "Failed", "message": "an older answer", "lastTimestamp": "1", "metadata": {}},
    ]
    server.windows, server.listed = [[deployment(0)]], {"Pod": [waiting_pod], "Event": events}
    with pytest.raises(NotReadyError) as failed:
        on(server).create(deployment(), OURS, 0.01, silent)
    assert "Pod dev/web-1: [Failed] 401 Unauthorized" in failed.value.reasons
    assert not any("older" in reason for reason in failed.value.reasons)


def test_a_wait_ends_early_when_the_object_has_failed_or_is_deleted(server: Server) -> None:
    failed = deployment(0)
    failed["status"]["conditions"] = [
        {"type": "Progressing", "status": "False", "reason": "ProgressDeadlineExceeded", "message": "too slow"}
    ]
    for windows in ([[failed]], [[None]]):
        server.windows = windows
        start = time.monotonic()
        with pytest.raises(NotReadyError):
            on(server).create(deployment(), OURS, 600, silent)
        assert time.monotonic() - start < 5


def test_a_failure_from_before_the_change_says_nothing_of_it(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    failure = {"type": "Progressing", "status": "False", "reason": "ProgressDeadlineExceeded", "message": "too slow"}

    def failed(generation: int) -> dict[str, Any]:
        """As the API server has it when the controller has seen the first change only, or both."""
        thing = deployment(0, generation=2)
        thing["status"] |= {"observedGeneration": generation, "conditions": [failure]}
        return thing

    def apply(*_: Any, **__: Any) -> dict[str, Any]:
        return failed(1)

    monkeypatch.setattr(server, "apply", apply)
    server.live, server.windows = failed(1), [[failed(1), failed(2)], [deployment(1)]]
    assert on(server).update(deployment(), OURS, 600, silent)["status"]["availableReplicas"] == 1


def test_an_object_stays_known_when_the_api_server_goes_away_while_it_is_waited_for(server: Server) -> None:
    server.windows = [[UnreachableError("cannot be reached")]]
    with pytest.raises(NotReadyError) as failed:
        on(server).create(deployment(), OURS, 5, silent)
    assert failed.value.live["metadata"]["uid"] == "u1"
    assert "was applied, but: cannot be reached" in failed.value.reasons[0]


def test_skip_await_waits_for_nothing(server: Server) -> None:
    unawaited = deployment(0, annotations={"pulumi.com/skipAwait": "true"})
    thing = {**unawaited, "kind": "Job", "apiVersion": "batch/v1"}
    on(server).create(thing, OURS, 600, silent)


def test_a_service_without_pods_is_ready_after_a_while_with_a_warning(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waiting, "SETTLED", 0)
    service = {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": "web", "namespace": "dev"},
        "spec": {"selector": {"app": "web"}},
    }
    server.windows = [[service], [{"endpoints": []}]]
    heard: list[str] = []
    on(server).create(service, OURS, 5, heard.append)
    assert heard == ["The Service selects no pod: none carries app=web."]


def test_a_service_waits_while_one_of_its_pods_is_not_ready(server: Server) -> None:
    service = {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": "web", "namespace": "dev"},
        "spec": {"selector": {"app": "web"}},
    }
    half = {"endpoints": [{"conditions": {"ready": True}}, {"conditions": {"ready": False}}]}
    whole = {"endpoints": [{"conditions": {"ready": True}}, {"conditions": {"ready": True}}]}
    server.windows = [[service], [half]]
    with pytest.raises(NotReadyError, match="1 of its 2 pods are ready"):
        on(server).create(service, OURS, 0.01, silent)
    server.windows = [[service], [half, whole]]
    on(server).create(service, OURS, 5, silent)


def test_a_deletion_returns_once_the_object_is_gone_or_another_has_its_name(server: Server) -> None:
    server.live = deployment()
    for last in (None, deployment(uid="u2")):
        server.windows = [[deployment()], [deployment(), last]]
        on(server).delete(deployment(), 5, silent)
        assert len(server.windows) == 1, "it was looked at until the end"


def test_a_deletion_that_hangs_names_the_finalizers(server: Server) -> None:
    held = deployment(finalizers=["example.com/hold"])
    server.live, server.windows = held, [[held]]
    with pytest.raises(SandboxError, match=r"held by its finalizers example\.com/hold") as stuck:
        on(server).delete(deployment(), 0.01, silent)
    assert "stays in the state" in str(stuck.value)


def test_deleting_what_is_gone_is_no_error(server: Server) -> None:
    on(server).delete(deployment(), 5, silent)


@pytest.mark.parametrize(
    ("requested", "annotations", "seconds"),
    [(7, {"pulumi.com/timeoutSeconds": "8"}, 7), (0, {"pulumi.com/timeoutSeconds": "8"}, 8), (0, {}, 600)],
)
def test_the_time_limit_is_the_options_then_the_annotations_then_the_kinds(
    requested: float, annotations: Any, seconds: float
) -> None:
    assert waiting.time_limit(deployment(annotations=annotations), requested, 600) == seconds


def test_reading_tells_what_is_not_ready_and_what_is_gone(server: Server) -> None:
    assert on(server).read(deployment()) is None
    server.live = deployment(0)
    found = on(server).read(deployment())
    assert found is not None
    assert found[1] == ["Deployment dev/web: 0 of 1 pods are available"]


def test_giving_up_a_patch_leaves_the_object(server: Server) -> None:
    server.live = deployment()
    on(server).release(deployment(), OURS, 5, silent)
    assert server.relinquished == [OURS]


def test_giving_up_a_patch_of_what_is_gone_makes_nothing(server: Server) -> None:
    on(server).release(deployment(), OURS, 5, silent)
    assert server.relinquished == []


def test_a_patch_that_the_object_cannot_do_without_says_so(server: Server) -> None:
    server.live = deployment()
    causes = [{"reason": "FieldValueRequired", "field": "spec.selector"}]
    body = {"reason": "Invalid", "message": "is invalid", "details": {"causes": causes}}
    server.refusals = [ApiError(422, json.dumps(body).encode())]
    with pytest.raises(SandboxError, match=r"holds spec\.selector, which the object needs"):
        on(server).release(deployment(), OURS, 5, silent)


def test_a_patch_asks_not_whose_the_object_is(server: Server) -> None:
    server.live, server.windows = existing("kubectl-create"), [[deployment()]]
    on(server).patch(deployment(), OURS, 5, silent)
    assert len(server.applied) == 1


def test_another_field_manager_lets_go_of_what_the_one_before_held(server: Server) -> None:
    server.live, server.windows = existing(OURS), [[deployment()]]
    on(server).update(deployment(), "mine", 5, silent, before=OURS)
    assert server.relinquished == [OURS]


def test_a_change_by_hand_is_undone_and_one_by_a_controller_is_not(server: Server) -> None:
    for manager, passes in (("kubectl-edit", True), ("hpa", False)):
        cause = {"message": f'conflict with "{manager}" using apps/v1', "field": ".spec.replicas"}
        body = {"reason": "Conflict", "message": "conflict", "details": {"causes": [cause]}}
        server.refusals, server.applied = [ApiError(409, json.dumps(body).encode())], []
        server.windows = [[deployment()]]
        with nullcontext() if passes else pytest.raises(SandboxError, match="patchForce"):
            on(server).update(deployment(), OURS, 5, silent)
        assert [force for _, _, force in server.applied] == ([True] if passes else [])
