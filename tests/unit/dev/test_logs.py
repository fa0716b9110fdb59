"""Which containers are followed, and how their lines are shown."""

import json
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from sandbox.dev.logs import ContainerRun, Logs, container_runs, readable
from sandbox.dev.workload import Workload

STARTED = {"startedAt": "2026-01-01T10:00:00Z"}


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("plain text", "plain text"),
        ('{"severity": "INFO", "message": "starts", "time": "now"}', "starts"),
        ('{"severity": "ERROR", "message": "broken", "stack_trace": "Traceback"}', "ERROR: broken\nTraceback"),
        ('{"message": "[bold]5 €[/bold]"}', "[bold]5 €[/bold]"),
        ('{"level": "info"}', '{"level": "info"}'),
        ('"text"', '"text"'),
        ("{not json", "{not json"),
    ],
)
def test_the_message_of_a_structured_entry_is_shown_and_any_other_line_as_it_is(line: str, shown: str) -> None:
    assert readable(line) == shown


def _pod(name: str = "cart-1", **status: Any) -> dict[str, Any]:
    return {
        "metadata": {"name": name, "labels": {"app": name.partition("-")[0]}},
        "status": {"containerStatuses": [{"name": "main", **status}]},
    }


def _running(name: str, id_: str, started: str) -> dict[str, Any]:
    return _pod(name, containerID=id_, state={"running": {"startedAt": started}})


def test_a_container_is_followed_once_it_runs() -> None:
    assert list(container_runs(_pod(containerID="", state={"waiting": {"reason": "ContainerCreating"}}))) == []
    running = _pod(containerID="c://2", state={"running": STARTED})
    assert list(container_runs(running)) == [
        ContainerRun("c://2", "cart-1", "main", STARTED["startedAt"], previous=False)
    ]


def test_the_log_of_a_run_that_crashed_is_shown_too() -> None:
    crashed = {"terminated": {"containerID": "c://1", "exitCode": 1, **STARTED}}
    waiting = _pod(containerID="c://1", state={"waiting": {"reason": "CrashLoopBackOff"}}, lastState=crashed)
    again = _pod(containerID="c://2", state={"running": STARTED}, lastState=crashed)
    assert [(run.id, run.previous) for run in container_runs(waiting)] == [("c://1", True)]
    assert [(run.id, run.previous) for run in container_runs(again)] == [("c://1", True), ("c://2", False)]


def test_a_pod_that_is_not_scheduled_yet_has_no_runs() -> None:
    assert list(container_runs({"metadata": {"name": "cart-1"}, "status": {"phase": "Pending"}})) == []


def _followed(tmp_path: Path, events: list[str], expected: int) -> list[tuple[str, str]]:
    """What is printed when kubectl's watch writes these events; its `logs` writes its own arguments."""
    (tmp_path / "events").write_text("".join(f"{event}\n" for event in events))
    kubectl = tmp_path / "kubectl"
    kubectl.write_text(f'#!/bin/sh\n[ $1 = logs ] && exec echo "$@"\ncat {tmp_path}/events; exec sleep 60\n')
    kubectl.chmod(0o755)
    printed: list[tuple[str, str]] = []
    done = threading.Event()

    def show(name: str, line: str) -> None:
        printed.append((name, line))
        if len(printed) == expected:
            done.set()

    logs = Logs(kubectl, show)
    logs.follow([Workload("cart", "shop", {"app": "cart"}), Workload("till", "shop", {"app": "till"})])
    try:
        assert done.wait(20)
        time.sleep(0.1)
    finally:
        logs.close()
    return sorted(printed)


def test_every_run_of_selected_pods_is_followed_once_and_of_earlier_ones_only_the_end(tmp_path: Path) -> None:
    new, old = _running("cart-1", "c://1", "2999-01-01T00:00:00Z"), _running("till-1", "c://2", "2000-01-01T00:00:00Z")
    other = _running("mongo-1", "c://3", "2999-01-01T00:00:00Z")
    assert _followed(tmp_path, [json.dumps(pod) for pod in (new, other, old, new)], 2) == [
        ("cart", "logs --follow --namespace shop cart-1 --container main"),
        ("till", "logs --follow --namespace shop till-1 --container main --tail=5"),
    ]


def test_an_api_server_that_is_away_does_not_end_it(tmp_path: Path) -> None:
    pod = json.dumps(_running("cart-1", "c://1", "2999-01-01T00:00:00Z"))
    assert len(_followed(tmp_path, ["Unable to connect to the server: EOF", pod], 1)) == 1
