"""`python -m sandbox.pulumi.language RUNNER ENGINE`: a language host for Python, for a CLI that came without one.

RUNNER is upstream's script that runs a program in a virtual environment; ENGINE the address of the CLI's engine.
(pulumi/pulumi: proto/pulumi/language.proto, sdk/python/cmd/pulumi-language-python)
"""

# gRPC's own method names and signatures.
# ruff: noqa: ARG002, N802

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from importlib.metadata import version
from pathlib import Path
from queue import SimpleQueue
from typing import IO, Any

import grpc
from google.protobuf import empty_pb2, json_format
from pulumi.runtime.proto import language_pb2, language_pb2_grpc, plugin_pb2

RUNNER_HAS_REPORTED = 32
"""Exit status with which the runner says that it has shown what is wrong."""

WITHOUT_SIGINT = ("/bin/sh", "-c", 'trap "" INT; exec "$@"', "sh")
"""Runs a command that a Ctrl-C of the terminal does not reach: it would end with a traceback."""

PACKAGES = """
import json, pathlib, sys, sysconfig
found = pathlib.Path(sysconfig.get_path("purelib")).glob("*/pulumi-plugin.json")
json.dump([json.loads(path.read_text()) for path in found], sys.stdout)
"""
"""Prints what installed packages say of the provider plugins that they need."""


class LanguageHost(language_pb2_grpc.LanguageRuntimeServicer):
    """Runs programs, policy packs and component packages as child processes, which end with it."""

    def __init__(self, runner: str, engine: str) -> None:
        self._runner, self._engine = runner, engine
        self._children: set[subprocess.Popen[bytes]] = set()

    def Handshake(self, request: Any, context: Any) -> Any:
        return language_pb2.LanguageHandshakeResponse()

    def GetPluginInfo(self, request: Any, context: Any) -> Any:
        return plugin_pb2.PluginInfo(version=version("pulumi"))

    def GetRequiredPackages(self, request: Any, context: Any) -> Any:
        """The provider plugins that the packages in the program's virtual environment name."""
        output = subprocess.run([_python(request.info), "-c", PACKAGES], capture_output=True, check=True).stdout
        return language_pb2.GetRequiredPackagesResponse(
            packages=[
                plugin_pb2.PackageDependency(
                    kind="resource",
                    name=package["name"],
                    version=f"v{package['version']}",
                    server=package.get("server", ""),
                )
                for package in json.loads(output)
                if package.get("resource")
            ]
        )

    def Run(self, request: Any, context: Any) -> Any:
        """Run the program; its output goes where this process' goes, from where the engine takes it."""
        options = {
            "monitor": request.monitor_address,
            "engine": self._engine,
            "project": request.project,
            "root_directory": request.info.root_directory,
            "stack": request.stack,
            "pwd": request.pwd,
            "dry_run": str(request.dryRun).lower(),
            "parallel": str(request.parallel),
            "organization": request.organization,
        }
        flags = [part for name, value in options.items() if value for part in (f"--{name}", value)]
        command = [_python(request.info), "-u", self._runner, *flags, request.info.entry_point, *request.args]
        environment = {
            **os.environ,
            "PULUMI_CONFIG": json.dumps(dict(request.config)),
            "PULUMI_CONFIG_SECRET_KEYS": json.dumps(list(request.configSecretKeys)),
        }
        with self._child(command, request.pwd, environment) as program:
            status = program.wait()
        if status == 0:
            return language_pb2.RunResponse()
        if status == RUNNER_HAS_REPORTED:
            return language_pb2.RunResponse(bail=True)
        return language_pb2.RunResponse(error=f"Program exited with non-zero exit code: {status}")

    def RunPlugin(self, request: Any, context: Any) -> Iterator[Any]:
        """Run a policy pack or a provider that is written in Python, until the engine hangs up."""
        program = str(Path(request.info.program_directory, request.info.entry_point).resolve())
        # A policy pack is run by the SDK, which gives it its configuration; any other plugin is a program itself.
        arguments = ["-m", "pulumi.policy", *request.args, program]
        if request.kind != "analyzer":
            arguments = [program, *request.args]
        environment = dict(entry.split("=", 1) for entry in request.env)
        output: SimpleQueue[Any] = SimpleQueue()
        command = [_python(request.info), "-u", *arguments]
        with self._child(command, request.pwd, environment, subprocess.PIPE) as plugin:
            context.add_callback(lambda: _end(plugin))
            assert plugin.stdout and plugin.stderr
            for pipe, response in ((plugin.stdout, _stdout), (plugin.stderr, _stderr)):
                threading.Thread(target=_forward, args=[pipe, response, output]).start()
            for _ in range(2):
                yield from iter(output.get, None)
            yield language_pb2.RunPluginResponse(exitcode=plugin.wait())

    def InstallDependencies(self, request: Any, context: Any) -> Iterator[Any]:
        """Make the virtual environment, and install requirements.txt into it if there is one."""
        python = _python(request.info)
        steps: list[list[str]] = []
        if "/" in python and not Path(python).exists():
            steps.append([sys.executable, "-m", "venv", str(Path(python).parents[1])])
        if Path(request.directory, "requirements.txt").exists():
            install = ["-m", "pip", "install", "--disable-pip-version-check", "--requirement", "requirements.txt"]
            steps.append([python, *install])
        for step in steps:
            done = subprocess.run(step, cwd=request.directory, capture_output=True)
            yield language_pb2.InstallDependenciesResponse(stdout=done.stdout, stderr=done.stderr)
            if done.returncode:
                context.abort(grpc.StatusCode.UNKNOWN, f"`{' '.join(step)}` failed with status {done.returncode}")

    def About(self, request: Any, context: Any) -> Any:
        python = _python(request.info)
        said = subprocess.run([python, "--version"], capture_output=True, text=True, check=True).stdout
        return language_pb2.AboutResponse(executable=python, version=said.removeprefix("Python ").strip())

    def GetProgramDependencies(self, request: Any, context: Any) -> Any:
        """The packages in the virtual environment; unless transitive, those that no other package requires."""
        command = [_python(request.info), "-m", "pip", "--disable-pip-version-check", "list", "--format", "json"]
        if not request.transitiveDependencies:
            command.append("--not-required")
        listed = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
        return language_pb2.GetProgramDependenciesResponse(
            dependencies=[language_pb2.DependencyInfo(name=one["name"], version=one["version"]) for one in listed]
        )

    def RuntimeOptionsPrompts(self, request: Any, context: Any) -> Any:
        return language_pb2.RuntimeOptionsResponse()

    def Cancel(self, request: Any, context: Any) -> Any:
        self.end()
        return empty_pb2.Empty()

    @property
    def busy(self) -> bool:
        """Whether a program or plugin runs."""
        return bool(self._children)

    def end(self) -> None:
        """End every child."""
        for child in list(self._children):
            _end(child)

    @contextmanager
    def _child(
        self, command: Sequence[str], directory: str, environment: Mapping[str, str], output: int | None = None
    ) -> Generator[subprocess.Popen[bytes]]:
        """A child process; `output` is for its standard output and its errors, each by itself."""
        with subprocess.Popen(
            [*WITHOUT_SIGINT, *command],
            cwd=directory,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
        ) as child:
            self._children.add(child)
            try:
                yield child
            finally:
                _end(child)
                self._children.discard(child)


def _python(info: Any) -> str:
    """The interpreter of the project's virtual environment, else the one on PATH."""
    options = json_format.MessageToDict(info.options)
    virtualenv = options.get("virtualenv") or (".venv" if options.get("toolchain") == "uv" else None)
    return str(Path(info.root_directory, virtualenv, "bin", "python")) if virtualenv else "python3"


def _end(child: subprocess.Popen[bytes]) -> None:
    with suppress(ProcessLookupError):
        child.terminate()


def _stdout(data: bytes) -> Any:
    return language_pb2.RunPluginResponse(stdout=data)


def _stderr(data: bytes) -> Any:
    return language_pb2.RunPluginResponse(stderr=data)


def _forward(pipe: IO[bytes], response: Callable[[bytes], Any], output: SimpleQueue[Any]) -> None:
    """Put what a plugin writes into the queue, as responses; None at its end."""
    with pipe:
        while data := os.read(pipe.fileno(), 65536):
            output.put(response(data))
    output.put(None)


def main() -> None:
    """Print the port and serve until the CLI ends this process or is gone itself."""
    runner, engine = sys.argv[1:3]
    parent = os.getppid()
    host = LanguageHost(runner, engine)
    server = grpc.server(ThreadPoolExecutor(), options=[("grpc.max_receive_message_length", -1)])
    language_pb2_grpc.add_LanguageRuntimeServicer_to_server(host, server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    # The CLI ends an idle host with SIGINT. A Ctrl-C while a program runs is the CLI's to handle.
    signal.signal(signal.SIGINT, lambda _signal, _frame: None if host.busy else sys.exit(0))
    signal.signal(signal.SIGTERM, lambda _signal, _frame: sys.exit(0))
    print(port, flush=True)
    try:
        # A CLI that is killed closes nothing.
        while os.getppid() == parent:
            time.sleep(0.5)
    finally:
        host.end()
        server.stop(None)


if __name__ == "__main__":
    main()
