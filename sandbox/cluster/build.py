"""Kubernetes and kube-router, built from upstream's Go modules."""

from pathlib import Path

from sandbox.go.program import GoProgram, required

_ROOM = Path(__file__).parent

MODULE = _ROOM / "kubernetes"

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

KUBE_ROUTER = GoProgram(
    name="kube-router",
    title="kube-router",
    version=required(_ROOM / "kube-router", r"^\s*github\.com/cloudnativelabs/kube-router/v2 (v\S+)$"),
    module=_ROOM / "kube-router",
    linker_flags="-s -w",
    minutes=1,
    disk=1 << 30,
)
"""The executable `kube-router`, which enforces NetworkPolicies.

Its modules have the releases that Kubernetes has, so that most of it is compiled when it is built after Kubernetes.
"""
