"""The process of one `pulumi up`."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from sandbox.dev import rollout
from sandbox.dev.rollout import Rollout, Rollouts
from sandbox.errors import SandboxError
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
    """Starts a rollout with a Python program in the place of the CLI."""
    monkeypatch.chdir(tmp_path)
    started: list[Rollout] = []

    def begin(program: str) -> Rollout:
        started.append(Rollout(Command([sys.executable, "-c", program], {}), {"urn:b", "urn:a"}))
        return started[-1]

    yield begin
    for each in started:
        each.cancel()


def _wait(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_the_images_are_the_targets(start: Start, tmp_path: Path) -> None:
    run = start("import sys; from pathlib import Path; Path('arguments').write_text(' '.join(sys.argv[1:]))")
    _wait(lambda: not run.running)
    assert (tmp_path / "arguments").read_text() == "--target=urn:a --target=urn:b"


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
from sandbox.dev.rollout import Rollout
from sandbox.pulumi.command import Command
command = Command([sys.executable, "-c", {INTERRUPTED.format(limit=1)!r}], {{}})
print(Rollout(command, ["urn"])._process.pid, flush=True)
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


class Cli:
    """In the place of Command and Plugins: counts how often a command is prepared."""

    def __init__(self) -> None:
        self.arguments: list[list[str]] = []
        self.mistake = ""

    def prepare(self, _home: Home, arguments: list[str]) -> Command:
        if self.mistake:
            raise SandboxError(self.mistake)
        self.arguments.append(arguments)
        return Command(["pulumi", *arguments], {"COUNT": str(len(self.arguments))})

    def __call__(self, arguments: list[str], environment: dict[str, str]) -> Command:
        return Command(arguments, environment)

    def environment(self, environment: dict[str, str]) -> dict[str, str]:
        return {**environment, "ATTACHED": "yes"}


@pytest.fixture
def cli(monkeypatch: pytest.MonkeyPatch) -> Cli:
    cli = Cli()
    monkeypatch.setattr(rollout, "Command", cli)

    def plugins(_session: Session) -> Cli:
        return cli

    monkeypatch.setattr(rollout, "Plugins", plugins)
    return cli


@pytest.fixture
def rollouts(tmp_path: Path, cli: Cli) -> Rollouts:  # noqa: ARG001
    (tmp_path / "Pulumi.dev.yaml").write_text("config: {}")
    project: Any = SimpleNamespace(directory=tmp_path, name="shop")
    return Rollouts(Session(Home(tmp_path / ".sandbox", tmp_path / ".cache"), project, "dev"))


def test_a_rollout_is_a_targeted_up_that_attaches_to_the_plugins(rollouts: Rollouts, tmp_path: Path) -> None:
    command = rollouts.prepare()
    assert command.arguments[:2] == ["pulumi", "up"]
    assert command.arguments[-5:] == ["--target-dependents", "--cwd", str(tmp_path), "--stack", "dev"]
    assert command.environment == {"COUNT": "1", "ATTACHED": "yes"}


def test_the_stack_file_is_read_anew_only_when_it_has_changed(rollouts: Rollouts, cli: Cli, tmp_path: Path) -> None:
    for _ in range(2):
        assert rollouts.prepare().environment["COUNT"] == "1"
    os.utime(tmp_path / "Pulumi.dev.yaml", ns=(1, 1))
    assert rollouts.prepare().environment["COUNT"] == "2"
    (tmp_path / "sandbox.yaml").touch()
    for _ in range(2):
        assert rollouts.prepare().environment["COUNT"] == "3"
    assert len(cli.arguments) == 3


def test_a_mistake_in_the_stack_file_is_told_until_it_is_corrected(
    rollouts: Rollouts, cli: Cli, tmp_path: Path
) -> None:
    rollouts.prepare()
    os.utime(tmp_path / "Pulumi.dev.yaml", ns=(1, 1))
    cli.mistake = "replicas: must be a number"
    for _ in range(2):
        with pytest.raises(SandboxError, match="replicas"):
            rollouts.prepare()
    cli.mistake = ""
    assert rollouts.prepare().environment["COUNT"] == "2"
