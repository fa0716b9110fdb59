import json
import os
from collections.abc import Iterator

import pytest

from sandbox.errors import SandboxError
from sandbox.home import Home
from sandbox.process import Process, started_at


@pytest.fixture
def process(home: Home) -> Iterator[Process]:
    made = Process(home, "sleeper")
    yield made
    made.stop(seconds=1)


def test_it_is_found_again_and_not_started_twice(process: Process, home: Home) -> None:
    pid = process.start(["sleep", "60"])
    assert Process(home, "sleeper").pid == pid
    assert process.start(["sleep", "60"]) == pid


def test_stop_ends_it_and_forgets_it(process: Process) -> None:
    pid = process.start(["sleep", "60"])
    process.stop()
    assert started_at(pid) is None
    assert process.pid is None and not process.pid_file.exists()


def test_one_that_ignores_sigterm_is_killed(process: Process) -> None:
    pid = process.start(["sh", "-c", "trap '' TERM; echo ready; while :; do sleep 0.1; done"])
    process.wait(lambda: "ready" in process.log.read_text(), seconds=5)
    process.stop(seconds=0.2)
    assert started_at(pid) is None


def test_another_process_with_the_same_pid_is_not_taken_for_it(process: Process) -> None:
    process.pid_file.parent.mkdir(parents=True)
    process.pid_file.write_text(json.dumps({"pid": os.getpid(), "started": "an earlier boot:1"}))
    assert process.pid is None


def test_a_pid_file_cut_short_counts_as_none(process: Process) -> None:
    process.pid_file.parent.mkdir(parents=True)
    process.pid_file.write_text('{"pid"')
    assert process.pid is None


def test_waiting_for_one_that_exits_tells_the_end_of_its_log(process: Process) -> None:
    process.start(["sh", "-c", "echo no such option; exit 2"])
    with pytest.raises(SandboxError, match=r"sleeper stopped(.|\n)*no such option"):
        process.wait(lambda: False, seconds=5)


def test_waiting_ends_when_the_time_is_up(process: Process) -> None:
    process.start(["sleep", "60"])
    with pytest.raises(SandboxError, match="not ready"):
        process.wait(lambda: False, seconds=0.1)
