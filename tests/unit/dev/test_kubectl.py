"""Commands of kubectl that go on until they are ended."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from sandbox.dev.kubectl import Kubectl
from sandbox.process import started_at

Script = Callable[[str], Path]


@pytest.fixture
def script(tmp_path: Path) -> Script:
    """Writes an executable shell script."""

    def write(text: str) -> Path:
        path = tmp_path / "kubectl"
        path.write_text(f"#!/bin/sh\n{text}\n")
        path.chmod(0o755)
        return path

    return write


def _wait(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_lines_of_output_and_of_errors_are_shown_whole(script: Script) -> None:
    kubectl = Kubectl(script(r'printf "$*\ncaf\303\251\n\377\n"; echo "not found" >&2; printf rest'))
    assert list(kubectl.lines("logs", "cart")) == ["logs cart", "café", "\ufffd", "not found", "rest"]


def test_closing_ends_every_command_and_lets_none_begin(script: Script) -> None:
    kubectl = Kubectl(script("echo $$; exec sleep 60"))
    pids: list[int] = []
    threads = [threading.Thread(target=lambda: pids.extend(map(int, kubectl.lines()))) for _ in range(2)]
    for thread in threads:
        thread.start()
    _wait(lambda: len(pids) == 2)
    kubectl.close()
    for thread in threads:
        thread.join(20)
        assert not thread.is_alive()
    assert not any(map(started_at, pids))
    assert list(kubectl.lines()) == []


def test_commands_end_with_a_process_that_is_killed(script: Script) -> None:
    program = (
        "import sys; from pathlib import Path; from sandbox.dev.kubectl import Kubectl\n"
        "for line in Kubectl(Path(sys.argv[1])).lines(): print(line, flush=True)"
    )
    path = script("echo $$; exec sleep 60")
    with subprocess.Popen([sys.executable, "-c", program, path], stdout=subprocess.PIPE, env=os.environ) as process:
        assert process.stdout
        pid = int(process.stdout.readline())
        process.kill()
    _wait(lambda: not started_at(pid))
