"""An engine that deploys nothing and remembers every request, for tests of components and the program."""

import asyncio
import json
import runpy
import sys
from collections import defaultdict
from collections.abc import Callable, Mapping
from contextlib import chdir
from contextvars import copy_context
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pulumi
import yaml
from google.protobuf import json_format
from google.protobuf.struct_pb2 import Struct
from pulumi.runtime import configure, mocks, rpc, set_all_config
from pulumi.runtime.proto import resource_pb2

REPOSITORY = Path(__file__).parents[2]
PROJECT = "gke-webapp"
CANARY = "ghp_canary0123456789"
"""The registry token of every recorded program."""

SIGNATURE = "4dabf18193072939515e22adb298388d"
SECRET = "1b47061264138c4ac30d75fd1eb44270"
"""Key and value that mark a secret in the resource protocol (`pulumi.runtime.rpc`)."""

DIGEST = f"sha256:{'0' * 64}"

CLOUD: Mapping[str, Mapping[str, Any]] = {
    "gcp:compute/globalAddress:GlobalAddress": {"address": "203.0.113.10"},
    "gcp:certificatemanager/dnsAuthorization:DnsAuthorization": {
        "dnsResourceRecords": [
            {"name": "_acme-challenge.example.com.", "type": "CNAME", "data": "1.authorize.certificatemanager.goog."}
        ]
    },
    "gcp:container/cluster:Cluster": {
        "endpoint": "203.0.113.20",
        "masterAuth": {"clusterCaCertificate": "Q0E="},
    },
    "gcp:serviceaccount/account:Account": {"member": "serviceAccount:nodes@example.com"},
    "docker:index/image:Image": {"repoDigest": f"ghcr.io/example/gke-webapp/app@{DIGEST}"},
    "pulumi:pulumi:StackReference": {
        "outputs": {"image": f"ghcr.io/example/gke-webapp/app@{DIGEST}"},
        "secretOutputNames": [],
    },
}
"""What a cloud adds to a resource's inputs, by type."""

NEW_IMAGE: Mapping[str, Mapping[str, Any]] = {
    **CLOUD,
    "docker:index/image:Image": {"repoDigest": rpc.UNKNOWN},
    "pulumi:pulumi:StackReference": {"outputs": rpc.UNKNOWN, "secretOutputNames": rpc.UNKNOWN},
}
"""The same while an image is still to be built."""


@dataclass(frozen=True)
class Resource:
    """One registration: `inputs` in plain, `sealed` with `[secret]` for every secret."""

    urn: str
    type: str
    name: str
    inputs: dict[str, Any]
    sealed: dict[str, Any]
    request: resource_pb2.RegisterResourceRequest

    @property
    def provider(self) -> str:
        """URN of its provider; empty for a default one."""
        return self.request.provider.rpartition("::")[0]

    @property
    def needs(self) -> set[str]:
        """URNs that must exist as long as it exists."""
        named = {urn for group in self.request.propertyDependencies.values() for urn in group.urns}
        return {*self.request.dependencies, *named, self.provider, self.request.parent} - {""}


class Recording(mocks.MockMonitor):
    """Every resource, in the order of registration; `cloud` says what is added to their inputs."""

    def __init__(self, cloud: Mapping[str, Mapping[str, Any]], preview: bool) -> None:
        self.cloud = cloud
        self.preview = preview
        self.registered: list[Resource] = []
        self.outputs: dict[str, Any] = {}
        """The stack's outputs, with `[secret]` for every secret."""
        self.read: dict[str, Any] = {}
        """Requests for resources that are there already, by id."""
        self.completed: set[str] = set()
        """URNs of the components that have registered their outputs."""

    def RegisterResource(self, request: Any) -> resource_pb2.RegisterResourceResponse:  # noqa: N802
        parents = request.parent.split("::")[2].removeprefix("pulumi:pulumi:Stack") if request.parent else ""
        kind = f"{parents}${request.type}".removeprefix("$")
        urn = f"urn:pulumi:{pulumi.get_stack()}::{pulumi.get_project()}::{kind}::{request.name}"
        inputs = json_format.MessageToDict(request.object)
        self.registered.append(
            Resource(urn, request.type, request.name, _read(inputs), _read(inputs, "[secret]"), request)
        )
        state = Struct()
        state.CopyFrom(request.object)
        state.update(self.cloud.get(request.type, {}))
        created = request.custom and (self.cloud or not self.preview)
        return resource_pb2.RegisterResourceResponse(urn=urn, id=f"{request.name}-id" if created else "", object=state)

    def RegisterResourceOutputs(self, request: Any) -> Any:  # noqa: N802
        if request.urn.split("::")[2] == "pulumi:pulumi:Stack":
            self.outputs = _read(json_format.MessageToDict(request.outputs), "[secret]")
        else:
            self.completed.add(request.urn)
        return super().RegisterResourceOutputs(request)

    def ReadResource(self, request: Any) -> resource_pb2.ReadResourceResponse:  # noqa: N802
        """Whatever a program reads is there, as `cloud` describes it."""
        urn = f"{request.parent}${request.type}::{request.name}"
        state = Struct()
        state.update({"id": request.id, **self.cloud.get(request.type, {})})
        self.read[request.id] = request
        return resource_pb2.ReadResourceResponse(urn=urn, properties=state)

    def Invoke(self, request: Any) -> Any:  # noqa: N802
        raise AssertionError(f"{request.tok} is asked while the graph is built: a preview would need the cloud")

    @property
    def custom(self) -> list[Resource]:
        """What a cloud would have to create; providers and components left out."""
        return [each for each in self.registered if each.request.custom and not each.type.startswith("pulumi:")]

    def of(self, kind: str) -> list[Resource]:
        """Resources whose type token ends with `:kind`."""
        return [each for each in self.custom if each.type.endswith(f":{kind}")]

    def one(self, kind: str) -> Resource:
        """The only one of its kind."""
        found = self.of(kind)
        assert len(found) == 1, f"{len(found)} resources of kind {kind}"
        return found[0]

    def deleted_before(self, last: Resource) -> set[str]:
        """URNs that the CLI deletes before `last`: what depends on it, directly or not.

        A resource depends on its provider, its parent and what its inputs and `depends_on` refer to
        (`DependenciesOf` in pkg/resource/graph of pulumi/pulumi).
        """
        dependents: dict[str, set[str]] = defaultdict(set)
        for each in self.registered:
            for needed in each.needs:
                dependents[needed].add(each.urn)
        found: set[str] = set()
        waiting = [last.urn]
        while waiting:
            new = dependents[waiting.pop()] - found
            found |= new
            waiting += new
        return found


def record(
    program: Callable[[], Any],
    config: Mapping[str, Any] | None = None,
    secrets: Mapping[str, str] | None = None,
    *,
    stack: str = "dev",
    project: str = PROJECT,
    preview: bool = False,
    cloud: Mapping[str, Mapping[str, Any]] = CLOUD,
    recording: Recording | None = None,
) -> Recording:
    """Runs a program to its end; `config` and `secrets` hold full keys, `config` values as in a stack file.

    A program that fails leaves behind, in `recording`, what it registered.
    """
    recording = recording or Recording(cloud, preview)
    stated = {key: _decrypted(value) for key, value in (config or {}).items()}
    encrypted = {key for key, value in (config or {}).items() if stated[key] != value}
    texts = {key: value if isinstance(value, str) else json.dumps(value) for key, value in stated.items()}
    settings = mocks.MockSettings(
        monitor=recording,
        monitor_features=set(recording.GetDeploymentInfo(None).supportedFeatures),
        engine=mocks.MockEngine(None),
        project=project,
        stack=stack,
        dry_run=preview,
        organization="organization",
        callbacks=None,
    )

    def run() -> None:
        set_all_config({**texts, **(secrets or {})}, [*encrypted, *(secrets or {})])
        configure(settings)
        loop = asyncio.new_event_loop()
        asyncio.set_event_loop(loop)
        try:
            loop.run_until_complete(pulumi.runtime.run_in_stack(program))
        finally:
            loop.run_until_complete(loop.shutdown_default_executor())
            loop.close()
            asyncio.set_event_loop(None)

    # The SDK keeps settings, configuration and root resource in the context: each program gets its own.
    copy_context().run(run)
    return recording


def stack_config(stack: str, directory: Path = REPOSITORY) -> dict[str, Any]:
    """The configuration that `Pulumi.yaml` and the stack file give together; nothing is decrypted."""
    project = read_yaml(directory / "Pulumi.yaml")
    defaults = {
        key if ":" in key else f"{project['name']}:{key}": value.get("value", value.get("default"))
        for key, value in project["config"].items()
    }
    return defaults | read_yaml(directory / f"Pulumi.{stack}.yaml")["config"]


def read_yaml(path: Path) -> Any:
    """A YAML file's content. libyaml reads it in a tenth of the time, and programs are recorded hundreds of times."""
    return yaml.load(path.read_text(), Loader=yaml.CSafeLoader)


def record_program(
    directory: Path,
    stack: str,
    config: Mapping[str, Any] | None = None,
    secrets: Mapping[str, str] | None = None,
    **options: Any,
) -> Recording:
    """The whole program in a directory with the stack's configuration and `config` over it.

    As Pulumi's own executor does it, the program imports what lies beside it.
    """
    with chdir(directory), patch.object(sys, "path", [str(directory), *sys.path]):
        return record(
            lambda: runpy.run_path("__main__.py", run_name="__main__"),
            {**stack_config(stack, directory), **(config or {})},
            secrets,
            stack=stack,
            project=read_yaml(Path("Pulumi.yaml"))["name"],
            **options,
        )


def record_stack(
    stack: str, config: Mapping[str, Any] | None = None, secrets: Mapping[str, str] | None = None, **options: Any
) -> Recording:
    """The web app's program, with the canary as its registry token."""
    return record_program(REPOSITORY, stack, config, {f"{PROJECT}:registryToken": CANARY, **(secrets or {})}, **options)


def _decrypted(value: Any) -> Any:
    """A value of a stack file with opaque text for each ciphertext, which also reads as a JSON object."""
    if isinstance(value, dict):
        if value.keys() == {"secure"}:
            return json.dumps({"ENCRYPTED": value["secure"]})
        return {key: _decrypted(item) for key, item in value.items()}
    return [_decrypted(item) for item in value] if isinstance(value, list) else value


def _read(value: Any, instead: str | None = None) -> Any:
    """A serialized value with its secrets in plain, or `instead` in their place."""
    if isinstance(value, dict):
        if value.get(SIGNATURE) == SECRET:
            return instead or _read(value["value"])
        return {key: _read(item, instead) for key, item in value.items()}
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return [_read(item, instead) for item in value] if isinstance(value, list) else value
