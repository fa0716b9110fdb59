"""The process of one `pulumi up`."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from sandbox.dev import rollout
from sandbox.dev.rollout import Rollout
from sandbox.home import Home
from sandbox.process import started_at
from sandbox.pulumi.command import Command
from sandbox.session import Session

Start = Callable[[str], Rollout]

INTERRUPTED = """\
import signal, sys, time
from pathlib import Path
interrupts = 0
def interrupt(signal, frame):
    global interrupts
    interrupts += 1
    Path("interrupts").write_text(str(interrupts))
    if interrupts == {limit}: sys.exit(255)
signal.signal(signal.SIGINT, interrupt)
Path("ready").touch()
while True: time.sleep(0.01)
"""
"""A CLI that ends at an interrupt, the `limit`th."""


@pytest.fixture
def start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Start]:
    """Starts a rollout with a Python program in the place of the CLI; its arguments are in the file `arguments`."""
    monkeypatch.chdir(tmp_path)
    project: Any = SimpleNamespace(directory=tmp_path, name="shop")
    session = Session(Home(tmp_path / ".sandbox", tmp_path / ".cache"), project, "dev")
    started: list[Rollout] = []

    def begin(program: str) -> Rollout:
        def prepare(_home: Home, arguments: list[str]) -> Command:
            (tmp_path / "arguments").write_text("\n".join(arguments))
            return Command([sys.executable, "-c", program], {})

        monkeypatch.setattr(rollout, "Command", SimpleNamespace(prepare=prepare))
        started.append(Rollout(session, {"urn:b", "urn:a"}))
        return started[-1]

    yield begin
    for each in started:
        each.cancel()


def _wait(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_only_the_images_and_what_depends_on_them_are_updated(start: Start, tmp_path: Path) -> None:
    start("")
    arguments = (tmp_path / "arguments").read_text().splitlines()
    assert arguments[0] == "up"
    assert [each for each in arguments if "target" in each] == [
        "--target=urn:a",
        "--target=urn:b",
        "--target-dependents",
    ]
    assert arguments[-4:] == ["--cwd", str(tmp_path), "--stack", "dev"]


@pytest.mark.parametrize(("status", "succeeded"), [(0, True), (1, False), (255, False)])
def test_the_status_of_the_cli_says_whether_everything_is_deployed(start: Start, status: int, succeeded: bool) -> None:
    run = start(f"raise SystemExit({status})")
    _wait(lambda: not run.running)
    assert run.succeeded is succeeded


@pytest.mark.parametrize("limit", [1, 2])
def test_a_run_is_canceled_and_only_if_it_goes_on_terminated(
    start: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: int
) -> None:
    if limit > 1:
        monkeypatch.setattr(rollout, "CANCELLATION", 1)
    run = start(INTERRUPTED.format(limit=limit))
    _wait((tmp_path / "ready").exists)
    run.cancel()
    assert not run.running
    assert not run.succeeded
    assert (tmp_path / "interrupts").read_text() == str(limit)


def test_a_run_that_no_interrupt_ends_is_killed(start: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rollout, "CANCELLATION", 0.1)
    run = start(INTERRUPTED.format(limit=0))
    _wait((tmp_path / "ready").exists)
    run.cancel()
    assert not run.running
    assert not run.succeeded


def test_canceling_a_run_that_has_ended_does_nothing(start: Start) -> None:
    run = start("")
    _wait(lambda: not run.running)
    run.cancel()
    assert run.succeeded


def test_a_run_is_canceled_when_its_loop_is_killed(tmp_path: Path) -> None:
    program = f"""\
import sys
from pathlib import Path
from types import SimpleNamespace
from sandbox.dev import rollout
from sandbox.pulumi.command import Command
command = Command([sys.executable, "-c", {INTERRUPTED.format(limit=1)!r}], {{}})
rollout.Command = SimpleNamespace(prepare=lambda home, arguments: command)
session = SimpleNamespace(home=None, stack="dev", project=SimpleNamespace(directory="."))
print(rollout.Rollout(session, ["urn"])._process.pid, flush=True)
sys.stdin.read()
"""
    root = Path(__file__).parents[3]
    with subprocess.Popen(
        [sys.executable, "-c", program],
        cwd=tmp_path,
        env={"PYTHONPATH": str(root), "PATH": "/usr/bin:/bin"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as process:
        assert process.stdout
        pid = int(process.stdout.readline())
        _wait((tmp_path / "ready").exists)
        process.kill()
    _wait(lambda: not started_at(pid))
    assert (tmp_path / "interrupts").read_text() == "1"
