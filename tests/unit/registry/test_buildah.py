"""How buildah is called, with a shell script in its place."""

import base64
import fcntl
import json
import multiprocessing
import os
import signal
import subprocess
import time
from collections.abc import Callable
from datetime import UTC, datetime
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest

from sandbox.addresses import REGISTRY
from sandbox.errors import SandboxError
from sandbox.home import Home
from sandbox.process import started_at
from sandbox.registry.buildah import Buildah
from sandbox.registry.login import Login

LOGIN = Login("registry.example.com", "someone", "canary-token")

RECORD = """\
echo "$*" >> "$RECORDS/arguments"
if [ -n "$REGISTRY_AUTH_FILE" ]; then cp "$REGISTRY_AUTH_FILE" "$RECORDS/auth"; fi
for argument in "$@"; do case $argument in --digestfile=*) echo sha256:abc > "${argument#*=}";; esac; done
"""


@pytest.fixture
def buildah(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Buildah:
    monkeypatch.setenv("RECORDS", str(tmp_path))
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    monkeypatch.delenv("REGISTRY_AUTH_FILE", raising=False)
    script(tmp_path, RECORD)
    return Buildah(Home(tmp_path / "home", tmp_path / "cache"))


def script(directory: Path, text: str) -> None:
    (directory / "buildah").write_text(f"#!/bin/sh\n{text}\n")
    (directory / "buildah").chmod(0o755)


def test_a_push_returns_the_digest_that_the_registry_has(buildah: Buildah):
    assert buildah.push("registry.example.com/app:1", [LOGIN]) == "sha256:abc"


def test_no_password_is_an_argument(buildah: Buildah, tmp_path: Path):
    buildah.build("app:1", tmp_path, tmp_path / "Dockerfile", logins=[LOGIN])
    buildah.push("registry.example.com/app:1", [LOGIN])
    assert "canary" not in (tmp_path / "arguments").read_text()


def test_buildah_can_read_the_password_which_is_in_no_file(buildah: Buildah, tmp_path: Path):
    buildah.push("registry.example.com/app:1", [LOGIN])
    seen = tmp_path / "auth"
    assert base64.b64decode(json.loads(seen.read_text())["auths"][LOGIN.server]["auth"]) == b"someone:canary-token"
    seen.unlink()
    assert not list((tmp_path / "cache").rglob("*auth*"))


def test_without_a_login_the_machine_s_own_sign_in_counts(buildah: Buildah, tmp_path: Path):
    buildah.push("registry.example.com/app:1")
    assert not (tmp_path / "auth").exists()


def test_a_failed_build_names_the_step_and_shows_the_end_of_the_log(buildah: Buildah, tmp_path: Path):
    script(
        tmp_path,
        "echo '[1/2] STEP 1/9: FROM base'; echo '[1/2] STEP 2/9: RUN pip'; echo no such package; exit 1",
    )
    with pytest.raises(SandboxError, match=r"(?s)app:1 failed at \[1/2\] STEP 2/9: RUN pip\..*no such package"):
        buildah.build("app:1", tmp_path, tmp_path / "Dockerfile")


def test_a_refused_push_says_what_to_check(buildah: Buildah, tmp_path: Path):
    script(tmp_path, "echo unauthorized: authentication required; exit 125")
    with pytest.raises(SandboxError, match=r"(?s)registry.example.com/app:1 .*token.*unauthorized"):
        buildah.push("registry.example.com/app:1", [LOGIN])


@pytest.mark.parametrize(
    ("dockerfile", "cached"),
    [
        ("ARG BASE\nFROM ${BASE}\nENV A=1 B=$A\n", True),
        ("FROM base\nARG V\nRUN make ${V}\nCOPY $V .\n# ENV is ${V}\n", True),
        ("FROM base\nARG V\nENV COLOUR=${V}\n", False),
        ("FROM base\narg V=1\nlabel a=b \\\n  version=$V\n", False),
    ],
)
def test_a_layer_that_the_cache_would_mistake_for_another_argument_s_is_built_anew(
    buildah: Buildah, tmp_path: Path, dockerfile: str, cached: bool
):
    (tmp_path / "Dockerfile").write_text(dockerfile)
    buildah.build("app:1", tmp_path, tmp_path / "Dockerfile")
    arguments = (tmp_path / "arguments").read_text()
    assert ("--layers" in arguments, "--no-cache" in arguments) == (cached, not cached)


def test_images_are_kept_in_the_cache_and_not_in_the_system(buildah: Buildah, tmp_path: Path):
    buildah.build("app:1", tmp_path, tmp_path / "Dockerfile")
    assert f"--root={tmp_path}/cache/" in (tmp_path / "arguments").read_text()
    assert f"--runroot={tmp_path}/cache/" in (tmp_path / "arguments").read_text()


def test_an_image_that_is_not_there_has_no_identifier(buildah: Buildah, tmp_path: Path):
    script(tmp_path, "exit 125")
    assert buildah.identifier("app:1") is None


def test_sweeping_removes_nothing_while_a_build_runs(buildah: Buildah, tmp_path: Path):
    buildah.directory.mkdir(parents=True)
    with (buildah.directory / "lock").open("w") as running:
        fcntl.flock(running, fcntl.LOCK_SH)
        buildah.sweep()
        assert not (tmp_path / "arguments").exists()
    buildah.sweep()
    assert "rm --all" in (tmp_path / "arguments").read_text()


LONG = """\
echo $$ > "$RECORDS/pids"
sleep 60 & echo $! >> "$RECORDS/pids"
wait
"""


def building(buildah: Buildah, context: Path) -> tuple[BaseProcess, list[int]]:
    """A process in a group of its own that builds, and outlives an interrupt; and the pids of its build."""
    script(context, LONG)

    def heard(_signal: int, _frame: object) -> None:
        """Goes on."""

    def build() -> None:
        os.setpgid(0, 0)
        signal.signal(signal.SIGINT, heard)
        buildah.build("app:1", context, context / "Dockerfile")

    process = multiprocessing.get_context("fork").Process(target=build)
    process.start()
    until(lambda: len(started(context)) == 2)
    return process, started(context)


def started(context: Path) -> list[int]:
    """The pids of a build that runs `LONG`."""
    pids = context / "pids"
    return [int(pid) for pid in pids.read_text().split()] if pids.exists() else []


def until(met: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not met():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_a_build_goes_on_after_an_interrupt_from_the_terminal(buildah: Buildah, tmp_path: Path):
    process, pids = building(buildah, tmp_path)
    assert process.pid
    os.killpg(process.pid, signal.SIGINT)
    time.sleep(0.3)
    assert all(map(started_at, pids))
    process.kill()
    process.join()


@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGKILL])
def test_a_build_ends_with_all_that_it_has_started_once_its_process_is_gone(
    buildah: Buildah, tmp_path: Path, end: signal.Signals
):
    process, pids = building(buildah, tmp_path)
    assert process.pid
    os.kill(process.pid, end)
    until(lambda: not any(map(started_at, pids)))
    process.join()


def test_a_build_ends_when_whoever_waits_for_it_is_interrupted(
    buildah: Buildah, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    script(tmp_path, LONG)

    def interrupted(*_: object) -> None:
        until(lambda: len(started(tmp_path)) == 2)
        raise KeyboardInterrupt

    monkeypatch.setattr(subprocess.Popen, "communicate", interrupted)
    with pytest.raises(KeyboardInterrupt):
        buildah.build("app:1", tmp_path, tmp_path / "Dockerfile")
    until(lambda: not any(map(started_at, started(tmp_path))))


def test_of_the_images_of_a_name_old_ones_go_but_for_the_newest(buildah: Buildah, tmp_path: Path):
    images = f"""
2026-01-01 00:00:00.1 +0000 UTC   {REGISTRY}/app:first
2026-01-02 00:00:00.1 +0000 UTC   {REGISTRY}/app:second
2026-03-01 00:00:00.1 +0000 UTC   {REGISTRY}/app:third
2026-01-02 00:00:00.1 +0000 UTC   {REGISTRY}/base/builder:b
2026-01-01 00:00:00.1 +0000 UTC   {REGISTRY}/base/builder:a
2026-01-01 00:00:00.1 +0000 UTC   docker.io/library/python:3.10
2026-02-01 00:00:00.1 +0000 UTC   docker.io/library/python:3.11
2026-01-01 00:00:00.1 +0000 UTC   <none>:<none>
"""
    script(tmp_path, f'{RECORD}case "$*" in *images*) cat <<E\n{images}\nE\nesac')
    buildah.prune(datetime(2026, 3, 2, tzinfo=UTC))
    *_, removal = (tmp_path / "arguments").read_text().splitlines()
    removed = {f"{REGISTRY}/app:first", f"{REGISTRY}/app:second", f"{REGISTRY}/base/builder:a"}
    assert set(removal.partition(" rmi ")[2].split()) == removed


def test_nothing_is_pruned_while_a_build_runs(buildah: Buildah, tmp_path: Path):
    buildah.directory.mkdir(parents=True)
    with (buildah.directory / "lock").open("w") as running:
        fcntl.flock(running, fcntl.LOCK_SH)
        buildah.prune(datetime(2026, 3, 2, tzinfo=UTC))
    assert not (tmp_path / "arguments").exists()
