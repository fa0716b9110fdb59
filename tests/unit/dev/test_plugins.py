"""The plugins that the runs of the CLI attach to."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from importlib.metadata import version
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import grpc
import pytest
from google.protobuf import empty_pb2
from pulumi.runtime.proto import language_pb2_grpc, provider_pb2_grpc

from sandbox.dev import plugins
from sandbox.dev.attached import AttachedServicer
from sandbox.dev.plugins import Plugins
from sandbox.home import VARIABLE, Home
from sandbox.process import started_at
from sandbox.providers import plugin
from sandbox.providers.plugin import PluginProvider
from sandbox.pulumi.stack import Stack
from sandbox.session import Session

Start = Callable[[Path | None], Plugins]


@pytest.fixture
def start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Start]:
    """Makes the plugins of a CLI whose language host needs this runner."""
    started: list[Plugins] = []

    def begin(runner: Path | None) -> Plugins:
        def locate(_home: Home) -> SimpleNamespace:
            return SimpleNamespace(program_runner=runner)

        monkeypatch.setattr(plugins, "Installation", SimpleNamespace(locate=locate))
        project: Any = SimpleNamespace(directory=tmp_path, name="shop")
        session = Session(Home(tmp_path / ".sandbox", tmp_path / ".cache"), project, "dev")
        _deploy(session, "gcp", "docker", "kubernetes")
        started.append(Plugins(session))
        return started[-1]

    yield begin
    for each in started:
        each.close()


def _deploy(session: Session, *providers: str) -> None:
    """The state has a provider resource of each of these packages."""
    checkpoint = Stack(session).checkpoint
    checkpoint.parent.mkdir(parents=True, exist_ok=True)
    resources = [{"type": f"pulumi:providers:{package}"} for package in providers]
    checkpoint.write_text(json.dumps({"checkpoint": {"latest": {"resources": resources}}}))


def _environment(tmp_path: Path) -> dict[str, str]:
    return {"PATH": os.environ["PATH"], VARIABLE: str(tmp_path / ".sandbox")}


def _addresses(environment: dict[str, str]) -> dict[str, str]:
    """The address of each plugin, in the CLI's own notation `name:port,name:port`."""
    attached = [environment["PULUMI_DEBUG_PROVIDERS"], environment["PULUMI_DEBUG_LANGUAGES"]]
    pairs = [each.split(":") for each in ",".join(filter(None, attached)).split(",")]
    return {name: f"127.0.0.1:{port}" for name, port in pairs}


def _version(name: str, address: str) -> str:
    """What the plugin itself says."""
    with grpc.insecure_channel(address) as channel:
        stub: Any = provider_pb2_grpc.ResourceProviderStub(channel)
        if name == "python":
            stub = language_pb2_grpc.LanguageRuntimeStub(channel)
        return stub.GetPluginInfo(empty_pb2.Empty(), wait_for_ready=True, timeout=20).version


def test_simulated_providers_and_the_language_host_are_attached_to(start: Start, tmp_path: Path) -> None:
    environment = start(tmp_path / "runner").environment(_environment(tmp_path))
    assert environment.items() >= _environment(tmp_path).items()
    assert {name: _version(name, address) for name, address in _addresses(environment).items()} == {
        "gcp": version("pulumi-gcp"),
        "docker": version("pulumi-docker"),
        "python": version("pulumi"),
    }


def test_a_cli_with_a_language_host_of_its_own_uses_that(start: Start, tmp_path: Path) -> None:
    environment = start(None).environment(_environment(tmp_path))
    assert environment["PULUMI_DEBUG_LANGUAGES"] == ""
    assert set(_addresses(environment)) == {"gcp", "docker"}


def test_several_providers_of_a_package_get_plugins_of_their_own(start: Start, tmp_path: Path) -> None:
    running = start(None)
    _deploy(running.session, "gcp", "gcp", "docker")
    assert set(_addresses(running.environment(_environment(tmp_path)))) == {"docker"}


def test_all_runs_attach_to_the_same_processes_unless_those_have_died(start: Start, tmp_path: Path) -> None:
    running = start(None)
    first, second = (running.environment(_environment(tmp_path)) for _ in range(2))
    assert first == second
    pid = running.pid
    assert pid
    os.kill(pid, signal.SIGKILL)
    _wait(lambda: running.environment(_environment(tmp_path)) != first)
    third = running.environment(_environment(tmp_path))
    assert _version("gcp", _addresses(third)["gcp"]) == version("pulumi-gcp")


def test_closing_ends_them_without_a_word(start: Start, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    running = start(tmp_path / "runner")
    running.environment(_environment(tmp_path))
    pid = running.pid
    assert pid
    running.close()
    assert not started_at(pid)
    assert capfd.readouterr() == ("", "")


def test_they_end_with_a_loop_that_is_killed(tmp_path: Path) -> None:
    program = (
        "import subprocess, sys\n"
        "child = subprocess.Popen([sys.executable, '-m', 'sandbox.dev.attached'], stdout=subprocess.PIPE)\n"
        "print(child.pid if child.stdout.readline() else 'failed', flush=True); sys.stdin.read()"
    )
    root = str(Path(__file__).parents[3])
    with subprocess.Popen(
        [sys.executable, "-c", program],
        env={**_environment(tmp_path), "PYTHONPATH": root},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as process:
        assert process.stdout
        pid = int(process.stdout.readline())
        process.kill()
    _wait(lambda: not started_at(pid))


def test_warnings_go_to_the_engine_that_attached_last(monkeypatch: pytest.MonkeyPatch) -> None:
    warnings: list[tuple[str, str]] = []

    class Engine:
        def __init__(self, address: str) -> None:
            self._address = address

        def Log(self, request: Any, timeout: float) -> None:  # noqa: N802, ARG002
            warnings.append((self._address, request.message))

    monkeypatch.setattr(plugin.grpc, "insecure_channel", str)
    monkeypatch.setattr(plugin.engine_pb2_grpc, "EngineStub", Engine)
    provider = PluginProvider()
    servicer = AttachedServicer("gcp", provider)
    for address in ("first", "second"):
        asyncio.run(servicer.Attach(SimpleNamespace(address=address), None))
        provider.tell("urn", "careful")
    assert warnings == [("first", "careful"), ("second", "careful")]


def _wait(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)
