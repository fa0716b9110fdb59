"""Lines, and the containers that they come from."""

import json
from typing import Any

import pytest

from sandbox.dev.logs import Container, containers, lines, readable


@pytest.mark.parametrize("pieces", [[b"one\ntwo\nthree"], [b"on", b"e\ntwo", b"\nth", b"ree"], [b"one\ntwo\nthree\n"]])
def test_lines_are_whole_however_they_arrive(pieces: list[bytes]) -> None:
    assert list(lines(pieces)) == ["one", "two", "three"]


def test_half_a_character_does_not_end_a_log() -> None:
    assert list(lines([b"caf\xc3", b"\xa9\n\xff\n"])) == ["café", "\ufffd"]


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("plain text", "plain text"),
        ('{"severity": "INFO", "message": "starts", "time": "now"}', "starts"),
        ('{"severity": "ERROR", "message": "broken", "stack_trace": "Traceback"}', "ERROR: broken\nTraceback"),
        ('{"level": "info"}', '{"level": "info"}'),
        ('"text"', '"text"'),
        ("{not json", "{not json"),
    ],
)
def test_of_structured_lines_the_message_is_shown_and_nothing_is_lost_of_others(line: str, shown: str) -> None:
    assert readable(line) == shown


def _pod(**status: Any) -> dict[str, Any]:
    return {"metadata": {"name": "cart-1"}, "status": {"containerStatuses": [{"name": "cart", **status}]}}


def test_a_container_is_listened_to_once_it_runs() -> None:
    assert list(containers([_pod(containerID="", state={"waiting": {"reason": "ContainerCreating"}})])) == []
    running = _pod(containerID="c://2", state={"running": {"startedAt": "now"}})
    assert list(containers([running])) == [Container("c://2", "cart-1", "cart", previous=False)]


def test_what_a_crashed_container_said_is_shown_too() -> None:
    crashed = {"terminated": {"containerID": "c://1", "exitCode": 1}}
    waiting = _pod(containerID="c://1", state={"waiting": {"reason": "CrashLoopBackOff"}}, lastState=crashed)
    again = _pod(containerID="c://2", state={"running": {"startedAt": "now"}}, lastState=crashed)
    assert list(containers([waiting])) == [Container("c://1", "cart-1", "cart", previous=True)]
    assert [found.id for found in containers([again])] == ["c://1", "c://2"]


def test_a_pod_that_no_node_has_taken_yet_has_no_containers() -> None:
    assert list(containers([{"metadata": {"name": "cart-1"}, "status": {"phase": "Pending"}}])) == []


def test_messages_are_shown_as_they_were_meant() -> None:
    assert readable(json.dumps({"message": "[bold]5 €[/bold]"})) == "[bold]5 €[/bold]"
