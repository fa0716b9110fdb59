"""The Pulumi CLI and the Kubernetes provider, built from upstream's Go modules."""

import json
from importlib.metadata import version
from pathlib import Path

from sandbox.go.program import Directory, GoProgram, required

_ROOM = Path(__file__).parent

_VERSION = required(_ROOM / "cli", r"^\s*github\.com/pulumi/pulumi/pkg/v3 (v\S+)")

PROGRAM_RUNNER = "pulumi-language-python-exec"
"""The Python script of upstream's language host that runs a program."""


def _copy_runner(directory: Directory, _source: Path, output: Path) -> None:
    runner = directory("github.com/pulumi/pulumi/sdk/v3") / "python" / "cmd" / PROGRAM_RUNNER
    (output / PROGRAM_RUNNER).write_bytes(runner.read_bytes())


CLI = GoProgram(
    name="pulumi",
    title="the Pulumi CLI",
    version=_VERSION,
    module=_ROOM / "cli",
    packages=("github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",),
    linker_flags=f"-s -w -X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version={_VERSION}",
    minutes=3,
    disk=4 << 30,
    generate=_copy_runner,
)
"""The executable `pulumi`, and the script that runs programs in Python; language hosts are in no Go module."""

_PROVIDER = "github.com/pulumi/pulumi-kubernetes/provider/v4"


def _write_schema(directory: Directory, source: Path, _output: Path) -> None:
    """The provider's schema with a version, and its mapping from Terraform's names, where `main.go` embeds them."""
    upstream = directory(_PROVIDER) / "cmd" / "pulumi-resource-kubernetes"
    schema = {**json.loads((upstream / "schema.json").read_text()), "version": version("pulumi-kubernetes")}
    (source / "schema.json").write_text(json.dumps(schema))
    (source / "terraform-mapping.json").write_bytes((upstream / "terraform-mapping.json").read_bytes())


KUBERNETES_PROVIDER = GoProgram(
    name="pulumi-resource-kubernetes",
    title="Pulumi's Kubernetes provider",
    version=required(_ROOM / "kubernetes", rf"^require {_PROVIDER} (v\S+)$"),
    module=_ROOM / "kubernetes",
    # The CLI warns about a plugin that reports another version than the SDK asks for.
    linker_flags=f"-s -w -X main.version={version('pulumi-kubernetes')}",
    minutes=6,
    disk=5 << 30,
    generate=_write_schema,
)
"""The executable `pulumi-resource-kubernetes`."""
