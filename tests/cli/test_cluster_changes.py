"""Changes of network, cluster and nodes, each by one `pulumi up` of the real CLI at the simulated Google."""

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from sandbox.home import Home
from sandbox.pulumi.installation import Installation
from tests.cli.workspace import STACK, Workspace

pytestmark = pytest.mark.cli

PROGRAM = """
import pulumi
from pulumi_gcp.provider import Provider

from components.namespace import Namespace
from foundation import found
from settings.system import SystemSettings

settings = SystemSettings.model_validate_json({stated!r})
google = settings.google
on_google = pulumi.ResourceOptions(providers=[Provider("google", project=google.project, region=google.region)])
access = found(settings, on_google).access
Namespace("app", {{"name": "app"}}, pulumi.ResourceOptions(providers=[access.provider]))
"""
"""A cluster of the stack's own, and one object in it."""

FORMER_NAMES = """
from components import node_pool

node_pool.node_pool = lambda pool, nodes: f"gke-webapp-test-{pool}"
"""
"""Names node pools as releases did before their names told their content."""

STATED: dict[str, Any] = {
    "google": {"project": "example-project", "region": "europe-west1"},
    "cluster": {"deletionProtection": False},
    "image": {"repository": "ghcr.io/example/app"},
    "registryUsername": "example",
    "environment": "test",
}
SPOT = {"cluster": {"deletionProtection": False, "nodePools": {"nodes": {"spot": True}}}}
AUTOPILOT = {"cluster": {"deletionProtection": False, "autopilot": True}}

PLACE = "projects/example-project/locations/europe-west1/clusters/gke-webapp-test"


class Stack:
    """A stack with a cluster of its own."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        authority = Home(workspace.google.parent, workspace.directory).pki / "ca.crt"
        authority.parent.mkdir(parents=True, exist_ok=True)
        authority.write_text("the authority of the local cluster")

    def state(self, changes: Mapping[str, Any], before: str = "") -> None:
        """Write the program, after the lines `before`, for a stack file with these changes."""
        stated = json.dumps({**STATED, **changes})
        self.workspace.write(before + PROGRAM.format(stated=stated))

    def up(self) -> list[tuple[str, str]]:
        return self.workspace.steps("up", "--yes", "--skip-preview")

    def preview(self) -> list[tuple[str, str]]:
        return self.workspace.steps("preview")

    @property
    def node_pools(self) -> set[str]:
        """Their names."""
        return {name.rpartition("/")[2] for name in self.workspace.existing() if "/nodePools/" in name}


def deployed(directory: Path, installation: Installation, before: str = "") -> Stack:
    """A stack that is up as `STATED` says, made by a program with the lines `before`."""
    stack = Stack(Workspace(directory, installation))
    stack.state({}, before)
    stack.workspace.pulumi("stack", "init", STACK)
    stack.up()
    return stack


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory, installation: Installation) -> Workspace:
    return deployed(tmp_path_factory.mktemp("original"), installation).workspace


@pytest.fixture
def stack(tmp_path: Path, original: Workspace) -> Stack:
    """A copy of the stack that is up as `STATED` says."""
    shutil.copytree(original.directory, tmp_path, dirs_exist_ok=True, symlinks=True)
    stack = Stack(Workspace(tmp_path, original.installation))
    # The CLI remembers the selected stack by the path of the project.
    stack.workspace.pulumi("stack", "select", STACK)
    return stack


def kinds(steps: list[tuple[str, str]], kind: str) -> list[str]:
    """What happens to resources of a kind, in order."""
    return [operation for operation, type_ in steps if type_.endswith(f":{kind}")]


BEFORE_THE_OLD_ONE = ["create-replacement", "replace", "delete-replaced"]
AFTER_THE_OLD_ONE = ["delete-replaced", "replace", "create-replacement"]


def test_nodes_of_another_kind_stand_before_the_old_ones_go(stack: Stack) -> None:
    (old,) = stack.node_pools
    stack.state(SPOT)
    assert kinds(stack.preview(), "NodePool") == BEFORE_THE_OLD_ONE
    steps = stack.up()
    assert kinds(steps, "NodePool") == BEFORE_THE_OLD_ONE
    assert {type_.rpartition(":")[2] for _, type_ in steps} == {"NodePool"}, "what runs on the nodes is left alone"
    (new,) = stack.node_pools
    assert new != old
    stack.state({})
    stack.up()
    assert stack.node_pools == {old}
    assert stack.preview() == []


def test_machines_and_disks_are_exchanged_in_the_pool_node_by_node(stack: Stack) -> None:
    pools = {"nodes": {"machineType": "n4-standard-4", "diskType": "hyperdisk-balanced", "diskSizeGb": 100}}
    stack.state({"cluster": {"deletionProtection": False, "nodePools": pools}})
    before = stack.node_pools
    steps = stack.up()
    assert [(operation, type_.rpartition(":")[2]) for operation, type_ in steps] == [("update", "NodePool")]
    assert stack.node_pools == before


def test_a_node_pool_of_a_former_release_is_not_replaced_for_its_name(
    tmp_path: Path, installation: Installation
) -> None:
    stack = deployed(tmp_path, installation, FORMER_NAMES)
    assert stack.node_pools == {"gke-webapp-test-nodes"}
    stack.state({})
    assert stack.preview() == []
    stack.state(SPOT)
    assert kinds(stack.up(), "NodePool") == BEFORE_THE_OLD_ONE
    assert "gke-webapp-test-nodes" not in stack.node_pools


def test_a_standard_cluster_becomes_an_autopilot_cluster_and_the_other_way_round(stack: Stack) -> None:
    for changes in (AUTOPILOT, {}):
        stack.state(changes)
        steps = stack.up()
        assert kinds(steps, "Cluster") == AFTER_THE_OLD_ONE
        deletions = [type_ for operation, type_ in steps if operation == "delete-replaced"]
        order = [type_.rpartition(":")[2] for type_ in deletions if not type_.startswith("pulumi:")]
        assert order[0] == "Namespace", "what is in the cluster goes before its nodes do"
        assert order[-1] == "Cluster"
        assert bool(stack.node_pools) == (changes is not AUTOPILOT)
    assert stack.preview() == []


@pytest.mark.parametrize("ranges", [{"nodes": "10.0.0.0/24"}, {"pods": "10.12.0.0/16", "services": "10.8.16.0/20"}])
def test_another_range_replaces_subnet_and_cluster(stack: Stack, ranges: dict[str, str]) -> None:
    stack.state({"network": ranges})
    steps = stack.up()
    assert kinds(steps, "Subnetwork") == kinds(steps, "Cluster") == kinds(steps, "Namespace") == AFTER_THE_OLD_ONE
    assert kinds(steps, "Network") == kinds(steps, "RouterNat") == []
    assert PLACE in stack.workspace.existing()


def test_a_wider_range_of_nodes_replaces_nothing(stack: Stack) -> None:
    stack.state({"network": {"nodes": "10.0.0.0/19"}})
    steps = stack.up()
    assert [(operation, type_.rpartition(":")[2]) for operation, type_ in steps] == [("update", "Subnetwork")]


@pytest.mark.parametrize("changes", [{"network": {"nodes": "10.1.0.0/20"}}, AUTOPILOT])
def test_a_protected_cluster_is_not_replaced_and_nothing_is_gone(stack: Stack, changes: dict[str, Any]) -> None:
    stack.state({"cluster": {"deletionProtection": True}})
    stack.up()
    before = stack.workspace.existing()
    stack.state({**changes, "cluster": {**changes.get("cluster", {}), "deletionProtection": True}})
    refused = stack.workspace.run("pulumi", "up", "--yes", "--skip-preview", "--non-interactive")
    assert refused.returncode != 0
    assert "protect" in refused.stdout + refused.stderr
    assert stack.workspace.existing() == before
