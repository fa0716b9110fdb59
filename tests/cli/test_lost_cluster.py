"""The cluster is gone and the state is not: what `docs/how-to/recover-a-lost-cluster.md` relies on."""

import json
import subprocess
from typing import Any

import pytest

from sandbox.home import Home
from sandbox.pulumi.home import PulumiHome
from tests.cli.workspace import STACK, Workspace

pytestmark = [pytest.mark.cli, pytest.mark.e2e]

VARIABLE = "PULUMI_K8S_DELETE_UNREACHABLE"
URN = f"urn:pulumi:{STACK}::demo::"
PROVIDER = f"{URN}pulumi:providers:kubernetes::cluster"
NAMESPACE = f"{URN}kubernetes:core/v1:Namespace::shop"
SECRET = f"{URN}kubernetes:core/v1:Secret::login"

GONE = {
    "apiVersion": "v1",
    "kind": "Config",
    "current-context": "gone",
    "contexts": [{"name": "gone", "context": {"cluster": "gone", "user": "gone"}}],
    # Nothing listens on the lowest port.
    "clusters": [{"name": "gone", "cluster": {"server": "https://127.0.0.1:1"}}],
    "users": [{"name": "gone", "user": {"token": "canary"}}],
}


def kubernetes_object(urn: str, kind: str, metadata: dict[str, str], *needs: str) -> dict[str, Any]:
    thing = {"apiVersion": "v1", "kind": kind, "metadata": metadata}
    return {
        "urn": urn,
        "type": f"kubernetes:core/v1:{kind}",
        "custom": True,
        "id": "/".join(filter(None, [metadata.get("namespace"), metadata["name"]])),
        "inputs": thing,
        "outputs": thing,
        "provider": f"{PROVIDER}::1",
        "dependencies": list(needs),
    }


@pytest.fixture
def workspace(empty_workspace: Workspace) -> Workspace:
    """A stack with two objects in a cluster that is no longer there."""
    empty_workspace.write("")
    PulumiHome(empty_workspace.directory / "pulumi-home").install(Home.locate(), empty_workspace.installation)
    kubeconfig = {"kubeconfig": json.dumps(GONE)}
    provider = {
        "urn": PROVIDER,
        "type": "pulumi:providers:kubernetes",
        "custom": True,
        "id": "1",
        "inputs": kubeconfig,
        "outputs": kubeconfig,
    }
    resources = [
        provider,
        kubernetes_object(NAMESPACE, "Namespace", {"name": "shop"}),
        kubernetes_object(SECRET, "Secret", {"name": "login", "namespace": "shop"}, NAMESPACE),
    ]
    state = empty_workspace.directory / "state.json"
    state.write_text(json.dumps({"version": 3, "deployment": {"resources": resources}}))
    empty_workspace.pulumi("stack", "init", STACK)
    empty_workspace.pulumi("stack", "import", "--file", str(state))
    return empty_workspace


def operate(workspace: Workspace, operation: str, *variables: str) -> "subprocess.CompletedProcess[str]":
    command = ["pulumi", operation, "--yes", "--skip-preview", "--non-interactive"]
    return workspace.run("env", *variables, *command)


def kept(workspace: Workspace) -> set[str]:
    return {each["urn"] for each in workspace.state().get("resources", [])}


@pytest.mark.parametrize("operation", ["refresh", "destroy"])
def test_an_unreachable_cluster_is_not_taken_for_an_empty_one(workspace: Workspace, operation: str) -> None:
    done = operate(workspace, operation)
    assert done.returncode != 0
    assert "unreachable" in done.stdout + done.stderr
    assert {NAMESPACE, SECRET} <= kept(workspace)
    assert "canary" not in done.stdout + done.stderr


def test_a_refresh_that_is_told_so_forgets_what_was_in_the_cluster(workspace: Workspace) -> None:
    done = operate(workspace, "refresh", f"{VARIABLE}=true")
    assert done.returncode == 0, done.stdout + done.stderr
    assert not {NAMESPACE, SECRET} & kept(workspace)


def test_a_destroy_that_is_told_so_ends_with_an_empty_state(workspace: Workspace) -> None:
    done = operate(workspace, "destroy", f"{VARIABLE}=true")
    assert done.returncode == 0, done.stdout + done.stderr
    assert not kept(workspace)
