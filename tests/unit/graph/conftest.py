"""Small projects, evaluated in this process."""

from collections.abc import Callable
from pathlib import Path

import pytest

from sandbox.graph.worker import Evaluated, evaluate
from sandbox.home import VARIABLE

PROGRAM = """
import pulumi
from pulumi_gcp.provider import Provider

google = pulumi.ResourceOptions(provider=Provider("google", project="example", region="europe-west1"))


class Net(pulumi.ComponentResource):
    def __init__(self, name):
        super().__init__("shop:net:Net", name)
        child = pulumi.ResourceOptions.merge(google, pulumi.ResourceOptions(parent=self))
        self.network = pulumi.CustomResource(
            "gcp:compute/network:Network",
            "network",
            {"name": NETWORK, "id": None, "autoCreateSubnetworks": False},
            child,
        )
        pulumi.CustomResource(
            "gcp:compute/subnetwork:Subnetwork",
            "subnetwork",
            {"name": "sub", "ipCidrRange": "10.0.0.0/20", "network": pulumi.get(self.network, "id")},
            child,
        )
        self.register_outputs({})


net = Net("net")
address = pulumi.CustomResource(
    "gcp:compute/globalAddress:GlobalAddress", "address", {"name": "shop", "address": None}, google
)
config = pulumi.Config()
"""

Write = Callable[..., Path]
"""Takes the project's directory name, and what its program and its stack file say; returns the directory."""


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A sandbox of the test's own."""
    monkeypatch.setenv(VARIABLE, str(tmp_path / "home"))


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write(name: str, *, network: str = "shop", more: str = "", stack: str = "") -> Path:
        directory = tmp_path / name
        directory.mkdir()
        (directory / "__main__.py").write_text(f"NETWORK = {network!r}\n{PROGRAM}{more}")
        (directory / "Pulumi.yaml").write_text("name: shop\nruntime: python\n")
        (directory / "sandbox.yaml").write_text("config:\n  shop:needed: {secret: '${registry.token}'}\n")
        (directory / "Pulumi.dev.yaml").write_text(f"config:\n  shop:open: '1'\n{stack}")
        return directory

    return write


@pytest.fixture
def evaluated() -> Callable[..., Evaluated]:
    def evaluated(before: Path | None, after: Path | None) -> Evaluated:
        return evaluate("dev", before, after)

    return evaluated
