"""A real plugin on PATH serves its package; without one, or where it simulates, the sandbox's own provider does."""

import asyncio
import os
import sys
import textwrap
import threading
from pathlib import Path

import pytest
from pulumi.provider.experimental import provider as protocol

from sandbox.engine.engine import Engine
from sandbox.engine.events import Event, Result
from sandbox.engine.plugins import Plugins
from sandbox.engine.program import Program
from sandbox.errors import SandboxError
from tests.unit.engine.cloud import Cloud, FakeProvider, Stack, errors

PLUGIN = """
    #!{python}
    import os, sys
    sys.path.insert(0, {root!r})
    from pathlib import Path
    from sandbox.providers.plugin import serve
    from tests.unit.engine.cloud import Cloud, FakeProvider
    Path({pid!r}).write_text(str(os.getpid()))
    provider = FakeProvider(Cloud())
    provider.cloud.on_call = lambda method, name: provider.warn("", f"{{method}} {{name}}")
    serve(provider, "1.0.0")
"""

CALLED = """
    #!{python}
    import sys
    sys.path.insert(0, {root!r})
    from pulumi.provider.experimental.server import main
    from pulumi.provider.experimental.property_value import PropertyValue
    from pulumi.provider.experimental.provider import CallResponse
    from tests.unit.engine.cloud import Cloud, FakeProvider

    class Called(FakeProvider):
        async def call(self, request):
            me = request.args["__self__"].value.urn.rpartition("::")[2]
            doubled = PropertyValue(request.args["number"].value * 2)
            return CallResponse({{"doubled": doubled, "of": PropertyValue(me), "why": PropertyValue("x", True)}})

    main(sys.argv[1:], "1.0.0", Called(Cloud()))
"""


def install(directory: Path, text: str, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An executable `pulumi-resource-fake` on PATH; the returned file may get its pid."""
    pid = directory / "pid"
    executable = directory / "bin" / "pulumi-resource-fake"
    executable.parent.mkdir()
    text = text.format(python=sys.executable, root=str(Path.cwd()), pid=str(pid))
    executable.write_text(textwrap.dedent(text).lstrip())
    executable.chmod(0o755)
    monkeypatch.setenv("PATH", f"{executable.parent}{os.pathsep}{os.environ['PATH']}")
    return pid


@pytest.fixture
def plugin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    return install(tmp_path, PLUGIN, monkeypatch)


def run(stack: Stack, plugins: Plugins) -> Result:
    events: list[Event] = []
    program = Program(stack.directory, "project", "test", {}, frozenset())
    return Engine(program, stack.state, "correct horse", plugins, events.append).up()


def test_a_plugin_on_path_runs_as_a_process_of_its_own_and_is_ended(stack: Stack, cloud: Cloud, plugin: Path) -> None:
    stack.write("""
        a = Thing("a", value=pulumi.Output.secret("x"))
        Thing("b", value="1", unready="never ready", opts=ResourceOptions(depends_on=[a]))
    """)
    plugins = Plugins({"fake": lambda: FakeProvider(cloud)})
    try:
        result = run(stack, plugins)
    finally:
        plugins.close()
    assert cloud.calls == []
    assert "never ready" in errors(result)
    assert stack.resources()["a"]["id"] == "a"
    assert stack.resources()["b"]["initErrors"] == ["never ready"]
    assert "create a" in [diagnostic.message for diagnostic in result.diagnostics]
    with pytest.raises(ProcessLookupError):
        os.kill(int(plugin.read_text()), 0)


def test_a_plugin_in_the_hidden_directory_does_not_count(stack: Stack, cloud: Cloud, plugin: Path) -> None:
    stack.write('Thing("a", value="1")')
    plugins = Plugins({"fake": lambda: FakeProvider(cloud)}, hidden=plugin.parent / "bin")
    try:
        assert run(stack, plugins).ok
    finally:
        plugins.close()
    assert set(cloud.objects) == {"a"}
    assert not plugin.exists()


def test_no_plugin_on_path_takes_the_place_of_a_simulated_cloud(
    cloud: Cloud, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    executable = tmp_path / "pulumi-resource-gcp"
    executable.write_text(f"#!/bin/sh\ntouch {tmp_path}/started\n")
    executable.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    plugins = Plugins({"gcp": lambda: FakeProvider(cloud)})
    try:
        plugins.load("gcp").close()
    finally:
        plugins.close()
    assert not (tmp_path / "started").exists()


def test_a_provider_may_block_as_many_threads_as_there_are_resources(stack: Stack, cloud: Cloud) -> None:
    """asyncio's own limit is six threads on two cores; these forty wait for each other."""
    barrier = threading.Barrier(40)

    class Blocking(FakeProvider):
        async def create(self, request: protocol.CreateRequest) -> protocol.CreateResponse:
            if not request.preview:
                await asyncio.to_thread(barrier.wait, 5)
            return await super().create(request)

    stack.write("""
        for number in range(40):
            Thing(f"thing-{number}", value="1")
    """)
    plugins = Plugins({"fake": lambda: Blocking(cloud)})
    try:
        assert run(stack, plugins).ok
    finally:
        plugins.close()


CALL = """
    a = Thing("a", value="1")
    answer = pulumi.runtime.call("fake:index:Thing/double", {"__self__": a, "number": 21}, a)
    pulumi.export("doubled", answer.apply(lambda it: it["doubled"]))
    pulumi.export("of", answer.apply(lambda it: it["of"]))
"""


def test_methods_of_resources_are_called(stack: Stack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(tmp_path, CALLED, monkeypatch)
    result = stack.up(CALL)
    assert result.outputs == {"doubled": "[secret]", "of": "[secret]"}
    assert stack.engine().outputs(show_secrets=True) == {"doubled": 42, "of": "a"}


def test_a_method_that_the_provider_does_not_have_is_refused_by_name(stack: Stack) -> None:
    assert "The method fake:index:Thing/double" in errors(stack.up(CALL, fails=True))


def test_a_plugin_that_prints_no_port_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    executable = tmp_path / "pulumi-resource-broken"
    executable.write_text("#!/bin/sh\necho broken\n")
    executable.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    plugins = Plugins({})
    try:
        with pytest.raises(SandboxError, match="pulumi-resource-broken printed no port"):
            plugins.load("broken")
    finally:
        plugins.close()
