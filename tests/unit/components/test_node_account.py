"""Nodes have an identity of their own that may do next to nothing."""

import pulumi

from components.node_account import NodeAccount
from tests.unit.recording import record


def test_the_account_has_the_least_role_for_nodes_and_no_other() -> None:
    deployed = record(lambda: NodeAccount("n", {"cluster": "app", "project": "example-project"}))
    assert deployed.one("Account").inputs["accountId"] == "app-nodes"
    assert deployed.one("IAMMember").inputs == {
        "member": "serviceAccount:nodes@example.com",
        "project": "example-project",
        "role": "roles/container.defaultNodeServiceAccount",
    }


def test_the_address_is_known_once_the_role_is_granted() -> None:
    def program() -> None:
        account = NodeAccount("n", {"cluster": "app", "project": "example-project"})
        pulumi.CustomResource("test:index:Probe", "probe", {"email": account.email})

    deployed = record(program)
    probe = deployed.one("Probe")
    assert probe.inputs["email"] == "nodes@example.com"
    assert deployed.one("IAMMember").urn in probe.needs
