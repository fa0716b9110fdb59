"""The Google identity of the nodes."""

from typing import TypedDict

import pulumi
from pulumi_gcp.projects.iam_member import IAMMember
from pulumi_gcp.serviceaccount.account import Account

from settings.naming import node_account

ROLE = "roles/container.defaultNodeServiceAccount"
"""What a node needs to log and to be monitored, and nothing else."""


class NodeAccountArgs(TypedDict):
    cluster: str
    project: pulumi.Input[str]


class NodeAccount(pulumi.ComponentResource):
    """A service account with the least role for nodes, in place of the project's mighty default account."""

    email: pulumi.Output[str]
    """Known once the role is granted, so that no node starts without it."""

    def __init__(self, name: str, args: NodeAccountArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("gke-webapp:node_account:NodeAccount", name, None, opts)
        child = pulumi.ResourceOptions(parent=self, delete_before_replace=True)

        account = Account(name, account_id=node_account(args["cluster"]), display_name="GKE nodes", opts=child)
        grant = IAMMember(name, project=args["project"], role=ROLE, member=account.member, opts=child)

        self.email = grant.member.apply(lambda member: member.removeprefix("serviceAccount:"))
        self.register_outputs({"email": self.email})
