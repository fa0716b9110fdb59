"""The process of one run."""

import multiprocessing
import signal
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sandbox.dev import rollout
from sandbox.dev.rollout import Rollout
from sandbox.home import Home
from sandbox.process import started_at
from sandbox.registry.buildah import Buildah


def _run(work: Callable[[], None], monkeypatch: pytest.MonkeyPatch) -> Rollout:
    """One that does `work` instead of deploying."""

    def deploy(_session: object, _images: object) -> None:
        work()

    monkeypatch.setattr(rollout, "deploy", deploy)
    context: Any = multiprocessing.get_context("fork")
    nothing: Any = None
    return Rollout(context, nothing, ["urn"])


def _wait(run: Rollout) -> None:
    deadline = time.monotonic() + 10
    while run.running:
        assert time.monotonic() < deadline
        time.sleep(0.01)


@pytest.mark.parametrize(("status", "ok"), [(0, True), (1, False), (130, False)])
def test_its_exit_status_says_whether_everything_is_in_place(
    status: int, ok: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = _run(lambda: sys.exit(status), monkeypatch)
    _wait(run)
    assert run.ok is ok


def test_ending_it_interrupts_twice_so_that_it_waits_for_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    interrupts = multiprocessing.Value("i", 0)

    def work() -> None:
        def interrupted(_signal: int, _frame: object) -> None:
            interrupts.value += 1
            if interrupts.value == 2:
                sys.exit(130)

        signal.signal(signal.SIGINT, interrupted)
        ready.set()
        while True:
            time.sleep(0.01)

    ready = multiprocessing.Event()
    run = _run(work, monkeypatch)
    assert ready.wait(10)
    run.end()
    assert not run.running
    assert interrupts.value == 2


def test_no_build_outlives_the_run_that_began_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    pid = tmp_path / "pid"
    (tmp_path / "buildah").write_text(f"#!/bin/sh\necho $$ > {pid}.draft; mv {pid}.draft {pid}; sleep 60\n")
    (tmp_path / "buildah").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    buildah = Buildah(Home(tmp_path / "home", tmp_path / "cache"))

    def work() -> None:
        """Builds on a thread, as the engine does."""
        threading.Thread(target=buildah.build, args=["app:1", tmp_path, tmp_path / "Dockerfile"], daemon=True).start()
        time.sleep(60)

    run = _run(work, monkeypatch)
    deadline = time.monotonic() + 10
    while not pid.exists():
        assert time.monotonic() < deadline
        time.sleep(0.01)
    run.end()
    while started_at(int(pid.read_text())):
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_one_that_does_not_listen_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    def work() -> None:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        ready.set()
        time.sleep(60)

    monkeypatch.setattr(rollout, "PATIENCE", 0.1)
    ready = multiprocessing.Event()
    run = _run(work, monkeypatch)
    assert ready.wait(10)
    run.end()
    assert not run.running
    assert not run.ok


def test_ending_one_that_has_ended_does_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    run = _run(lambda: None, monkeypatch)
    _wait(run)
    run.end()
    assert run.ok
