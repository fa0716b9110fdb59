"""After a kill of the real CLI, the state holds what exists, once, and nothing is pending."""

import json
import os
import socket

import pytest

from tests.cli.workspace import STACK, Workspace

pytestmark = pytest.mark.cli

ADDRESS = "projects/my-project/global/addresses/web"
NETWORK = "projects/my-project/global/networks/net"
CANARY = "canary-of-the-token"
PROGRAM = """
import pulumi

token = pulumi.Output.secret("canary-of-the-token")
provider = pulumi.ProviderResource("gcp", "google", {{"project": "my-project", "accessToken": token}})
options = pulumi.ResourceOptions(provider=provider)
net = {{"name": "net", "autoCreateSubnetworks": False, "description": "{description}"}}
web = {{"name": "{name}"}}
pulumi.CustomResource("gcp:compute/network:Network", "net", net, options)
address = pulumi.CustomResource("gcp:compute/globalAddress:GlobalAddress", "web", web, options)
pulumi.export("address", address.id)
"""


@pytest.fixture
def workspace(empty_workspace: Workspace) -> Workspace:
    empty_workspace.write(PROGRAM.format(name="web", description="first"))
    empty_workspace.pulumi("stack", "init", STACK)
    return empty_workspace


def test_what_was_created_is_taken_into_the_state(workspace: Workspace) -> None:
    process = workspace.kill_up_at("web", "after")
    assert workspace.existing() == {ADDRESS, NETWORK}
    before = workspace.checkpoint.read_bytes()
    told = workspace.recover("--dry-run")
    assert told.returncode == 0, told.stderr
    assert f"process {process} of" in told.stdout and "which is gone" in told.stdout
    assert f"{ADDRESS} exists and is taken into the state" in told.stdout
    assert workspace.checkpoint.read_bytes() == before
    done = workspace.recover()
    assert done.returncode == 0, done.stderr
    assert "pending_operations" not in workspace.state()
    assert sorted(workspace.ids()) == [ADDRESS, NETWORK]
    assert CANARY not in done.stdout + done.stderr
    kept = [path for path in (workspace.directory / "backend").rglob("*") if path.is_file()]
    assert not [path for path in kept if CANARY in path.read_text()]
    assert "created" not in workspace.up()
    assert workspace.pulumi("stack", "output", "address").strip() == ADDRESS


def test_what_was_not_created_is_left_to_up(workspace: Workspace) -> None:
    workspace.kill_up_at("web", "before")
    done = workspace.recover()
    assert done.returncode == 0, done.stderr
    assert f"{ADDRESS} does not exist" in done.stdout
    assert "pending_operations" not in workspace.state()
    assert set(workspace.ids()) == workspace.existing()
    workspace.up()
    assert sorted(workspace.ids()) == [ADDRESS, NETWORK]


def test_a_replacement_takes_the_place_of_what_was_deleted_ahead_of_it(workspace: Workspace) -> None:
    workspace.up()
    workspace.write(PROGRAM.format(name="web", description="second"))
    workspace.kill_up_at("net", "after")
    assert workspace.recover().returncode == 0
    assert sorted(workspace.ids()) == [ADDRESS, NETWORK]
    assert not [each for each in workspace.state()["resources"] if each.get("pendingReplacement")]
    assert "created" not in workspace.up()


def test_a_replacement_leaves_its_predecessor_to_be_deleted(workspace: Workspace) -> None:
    workspace.up()
    workspace.write(PROGRAM.format(name="renamed", description="first"))
    workspace.kill_up_at("renamed", "after")
    assert workspace.recover().returncode == 0
    renamed = ADDRESS.replace("web", "renamed")
    assert workspace.existing() == {ADDRESS, NETWORK, renamed}
    assert sorted(workspace.ids()) == sorted(workspace.existing())
    workspace.up()
    assert workspace.existing() == {NETWORK, renamed}
    assert sorted(workspace.ids()) == sorted(workspace.existing())


def test_a_lock_of_a_running_process_is_removed_only_by_force(workspace: Workspace) -> None:
    content = {"pid": os.getpid(), "username": "me", "hostname": socket.gethostname(), "timestamp": "2026-01-01T00:00Z"}
    lock = workspace.directory / "backend" / ".pulumi" / "locks" / "organization" / "demo" / STACK / "1.json"
    lock.parent.mkdir(parents=True, exist_ok=True)
    lock.write_text(json.dumps(content))
    refused = workspace.recover()
    assert refused.returncode == 1
    assert "which is running" in refused.stdout and "--force" in refused.stderr
    assert lock.exists()
    assert workspace.recover("--force").returncode == 0
    assert not lock.exists()
