"""An API server that refuses some of what it is asked: the next `up` has everything, once."""

import json
from pathlib import Path

import pytest
import yaml

from tests.e2e.conftest import Checkout
from tests.e2e.summary import unchanged
from tests.faults.refusing import REASON, RESET, RefusingApiServer

pytestmark = pytest.mark.faults

PROJECT = "refused"
MAPS = 9
PROGRAM = f"""\
import pulumi
from pulumi_kubernetes import Provider
from pulumi_kubernetes.core.v1 import ConfigMap

provider = Provider("cluster", kubeconfig=pulumi.Config().require_secret("kubeconfig"))
for number in range({MAPS}):
    ConfigMap(
        f"{PROJECT}-{{number}}", data={{"number": str(number)}}, opts=pulumi.ResourceOptions(provider=provider)
    )
"""


@pytest.fixture
def program(checkout: Checkout, tmp_path: Path) -> Path:
    """A project of objects that have no name of their own: one that is lost is found twice."""
    checkout.succeed("up")
    (tmp_path / "__main__.py").write_text(PROGRAM)
    (tmp_path / "Pulumi.yaml").write_text(yaml.safe_dump({"name": PROJECT, "runtime": "python"}))
    (tmp_path / "Pulumi.dev.yaml").write_text("config: {}\n")
    return tmp_path


def existing(checkout: Checkout) -> list[str]:
    names = [each["metadata"]["name"] for each in checkout.objects("configmaps", "--namespace", "default")]
    return sorted(name for name in names if name.startswith(f"{PROJECT}-"))


def held(checkout: Checkout) -> list[str]:
    """Names of the ConfigMaps in the state."""
    resources = checkout.deployment(PROJECT)["resources"]
    return sorted(each["id"].partition("/")[2] for each in resources if each["type"].endswith(":ConfigMap"))


@pytest.mark.parametrize("status", [429, 500, 503, RESET])
def test_what_was_refused_is_made_by_the_next_up(checkout: Checkout, program: Path, status: int) -> None:
    place = ("--project", str(program))
    kubeconfig = json.loads((checkout.home / "kubeconfig").read_text())
    with RefusingApiServer(kubeconfig, status) as api:
        overlay = {"config": {f"{PROJECT}:kubeconfig": {"secret": api.kubeconfig}}}
        (program / "sandbox.yaml").write_text(yaml.safe_dump(overlay))
        first = checkout.run("up", *place)
        assert api.refused > 0
        if first.returncode:
            assert REASON in first.stdout or status == RESET, first.stdout
        assert first.returncode == 0 or status != 429, "clients ask again when they are told to wait"
        assert held(checkout) == existing(checkout)
        api.status = None
        checkout.succeed("up", *place)
        assert held(checkout) == existing(checkout)
        assert len(existing(checkout)) == MAPS
        assert unchanged(checkout.succeed("up", *place))
        checkout.succeed("destroy", *place)
    assert existing(checkout) == []
