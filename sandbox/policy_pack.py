"""A policy pack in Python, as the Pulumi CLI runs one: a process that is asked about resources over gRPC.

(pulumi/pulumi: proto/pulumi/analyzer.proto, pkg/resource/plugin/analyzer_plugin.go)
"""

import os
import signal
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import grpc
import yaml
from google.protobuf import empty_pb2
from pulumi.runtime.proto import analyzer_pb2, analyzer_pb2_grpc

from sandbox import policy_config
from sandbox.engine import urn as urns
from sandbox.engine.property import sent
from sandbox.engine.resource import Resource
from sandbox.errors import SandboxError
from sandbox.redaction import Redaction
from sandbox.violation import Violation

STARTUP = 60.0
"""Seconds a pack may take to print its port."""

OPTIONS = (("grpc.max_receive_message_length", 400 * 1024 * 1024),)
"""As the Pulumi CLI sets it."""


@dataclass
class PolicyPack:
    """A directory with a PulumiPolicy.yaml; as a context, its process, which starts while other things are done.

    `config` is a file in the format of Pulumi's `--policy-pack-config`.
    """

    directory: Path
    config: Path | None = None
    _said: deque[str] = field(default_factory=lambda: deque(maxlen=40), init=False)
    _port: Future[int] = field(default_factory=Future, init=False)
    _redaction: Redaction = field(default_factory=Redaction, init=False)

    def __enter__(self) -> Self:
        self._stated = policy_config.read(self.config) if self.config else {}
        self._process = subprocess.Popen(
            [self._python(), "-u", str(self.directory.resolve())],
            cwd=self.directory,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            # Ctrl-C is for the engine.
            start_new_session=True,
        )
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._listener.join()

    @property
    def arguments(self) -> list[str]:
        """What the Pulumi CLI is given so that it runs the pack."""
        config = ["--policy-pack-config", str(self.config.resolve())] if self.config else []
        return ["--policy-pack", str(self.directory.resolve()), *config]

    def violations(self, resources: Iterable[Resource], project: str, stack: str) -> list[Violation]:
        """What the pack has against the resources that a program asks for; their inputs are looked at.

        The resources are those of one stack, as a preview or an offline evaluation gives them; of each, `urn`, `type`
        and `inputs` are needed, and `parent`, `dependencies` and `provider` are handed on. Raises SandboxError when
        the pack cannot be run.
        """
        known = {resource.urn: resource for resource in resources}
        try:
            with grpc.insecure_channel(f"127.0.0.1:{self._answering()}", options=OPTIONS) as channel:
                analyzer = analyzer_pb2_grpc.AnalyzerStub(channel)
                info = analyzer.GetAnalyzerInfo(empty_pb2.Empty())
                analyzer.Configure(policy_config.request(info, self._stated))
                analyzer.ConfigureStack(
                    analyzer_pb2.AnalyzerStackConfigureRequest(stack=stack, project=project, dry_run=True)
                )
                found: list[Violation] = []
                for resource in known.values():
                    request = analyzer_pb2.AnalyzeRequest(**_asked(resource, known))
                    self._redaction.learn(request)
                    found += self._told(analyzer.Analyze(request).diagnostics, resource.urn)
                every = [_of_stack(resource, known) for resource in known.values()]
                answer = analyzer.AnalyzeStack(analyzer_pb2.AnalyzeStackRequest(resources=every))
                return found + self._told(answer.diagnostics, "")
        except grpc.RpcError as error:
            raise SandboxError(
                f"The policy pack {self.directory} failed, so no policy was checked: {error}\n{self._tail()}"
            ) from None

    def _told(self, diagnostics: Sequence[Any], urn: str) -> list[Violation]:
        return [
            Violation(
                policy=one.policyName,
                level="advisory" if one.enforcementLevel == analyzer_pb2.ADVISORY else "mandatory",
                title=one.description,
                message=self._redaction.apply(one.message.removeprefix(one.description).strip()),
                urn=one.urn or urn,
            )
            for one in diagnostics
        ]

    def _python(self) -> str:
        """The interpreter of the pack's virtual environment, else the one that runs this."""
        path = self.directory / "PulumiPolicy.yaml"
        try:
            runtime = yaml.safe_load(path.read_text())["runtime"]
        except (OSError, yaml.YAMLError, KeyError, TypeError):
            raise SandboxError(
                f"{path} cannot be read, so no policy was checked. Name a directory with a policy pack in Python."
            ) from None
        options: Mapping[str, Any] = runtime.get("options", {}) if isinstance(runtime, dict) else {}
        name = runtime["name"] if isinstance(runtime, dict) else runtime
        if name != "python":
            raise SandboxError(
                f"The policy pack {self.directory} is written for {name}, which the sandbox does not run, so no policy "
                "was checked. Use the Pulumi CLI: `--engine pulumi`."
            )
        own = self.directory / options.get("virtualenv", "venv") / "bin" / "python"
        return str(own.absolute()) if own.exists() else sys.executable

    def _listen(self) -> None:
        """The first number that the process prints is its port; the rest says what went wrong, if anything did."""
        assert self._process.stdout is not None
        with self._process.stdout as output:
            for line in output:
                if not self._port.done() and line.strip().isdigit():
                    self._port.set_result(int(line))
                else:
                    self._said.append(line)
        if not self._port.done():
            self._port.set_exception(EOFError())

    def _answering(self) -> int:
        try:
            return self._port.result(STARTUP)
        except (EOFError, TimeoutError):
            raise SandboxError(
                f"The policy pack {self.directory} printed no port within {STARTUP:.0f} s of its start, so no policy "
                f"was checked. It said:\n{self._tail()}"
            ) from None

    def _tail(self) -> str:
        return "".join(self._said)


def _asked(resource: Resource, known: Mapping[str, Resource]) -> dict[str, Any]:
    provider = known.get(urns.provider_urn(resource.provider)) if resource.provider else None
    return {
        "urn": resource.urn,
        "type": resource.type,
        "name": resource.name,
        "properties": _sent(resource),
        "options": analyzer_pb2.AnalyzerResourceOptions(
            protect=resource.protect,
            ignoreChanges=resource.ignore_changes,
            additionalSecretOutputs=resource.additional_secret_outputs,
            aliases=resource.aliases,
            parent=resource.parent,
        ),
        "provider": provider
        and analyzer_pb2.AnalyzerProviderResource(
            urn=provider.urn, type=provider.type, name=provider.name, properties=_sent(provider)
        ),
    }


def _of_stack(resource: Resource, known: Mapping[str, Resource]) -> analyzer_pb2.AnalyzerResource:
    return analyzer_pb2.AnalyzerResource(
        **_asked(resource, known),
        parent=resource.parent,
        dependencies=resource.dependencies,
        propertyDependencies={
            key: analyzer_pb2.AnalyzerPropertyDependencies(urns=on)
            for key, on in resource.property_dependencies.items()
        },
    )


def _sent(resource: Resource) -> Any:
    """The inputs as policy packs get them: secrets marked, references resolved, nothing of the engine's own."""
    own = {key: value for key, value in resource.inputs.items() if not key.startswith("__")}
    return sent(own, secrets=True, references=False)
