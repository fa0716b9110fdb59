"""Kubernetes, built from upstream's Go modules."""

from pathlib import Path

from sandbox.go.program import GoProgram, required

MODULE = Path(__file__).parent / "kubernetes"

VERSION = required(MODULE, r"^\s*k8s\.io/kubernetes (v\S+)$")
"""Of Kubernetes, such as `v1.36.3`: what go.mod asks for."""


def linker_flags(version: str = VERSION) -> str:
    """Linker options that make every component report `version`; clients parse it."""
    major, minor, _ = version.removeprefix("v").split(".")
    values = {"gitVersion": version, "gitMajor": major, "gitMinor": minor}
    packages = ("k8s.io/component-base/version", "k8s.io/client-go/pkg/version")
    return " ".join(["-s -w", *(f"-X {p}.{name}={value}" for p in packages for name, value in values.items())])


KUBERNETES = GoProgram(
    name="kubernetes",
    title="Kubernetes",
    version=VERSION,
    module=MODULE,
    packages=(".", "./pause"),
    linker_flags=linker_flags(),
    minutes=4,
    disk=4 << 30,
)
"""The executables `kubernetes` (every component, by its first argument) and `pause`."""
