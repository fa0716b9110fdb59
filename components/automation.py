"""Whom a workflow acts as."""

from collections.abc import Mapping, Sequence
from typing import TypedDict

import pulumi
from pulumi_gcp.projects.iam_custom_role import IAMCustomRole
from pulumi_gcp.projects.iam_member import IAMMember
from pulumi_gcp.serviceaccount.account import Account
from pulumi_gcp.serviceaccount.iam_member import IAMMember as AccountMember


class Condition(TypedDict):
    """Under which a role is granted; `expression` is in Google's dialect of CEL."""

    title: str
    expression: str


class AutomationArgs(TypedDict):
    """`jobs` are the IAM members that may act as the account `id`, by a name of their own.

    `roles` are granted in each of the `projects`, a role with a condition only as far as that holds; so are single
    `permissions`, by a role of their own.
    """

    id: str
    description: str
    jobs: Mapping[str, pulumi.Input[str]]
    projects: Sequence[str]
    roles: Mapping[str, Condition | None]
    permissions: Sequence[str]


class Automation(pulumi.ComponentResource):
    """A service account without a key, its roles, and the jobs that may act as it."""

    email: pulumi.Output[str]
    member: pulumi.Output[str]

    def __init__(self, name: str, args: AutomationArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("gke-webapp:automation:Automation", name, None, opts)
        child = pulumi.ResourceOptions(parent=self, delete_before_replace=True)

        account = Account(name, account_id=args["id"], display_name=args["description"], opts=child)
        for job, member in args["jobs"].items():
            AccountMember(
                job,
                service_account_id=account.name,
                role="roles/iam.workloadIdentityUser",
                member=member,
                opts=child,
            )
        for project in args["projects"]:
            for role, condition in args["roles"].items():
                IAMMember(
                    f"{name}-{project}-{role.rpartition('/')[2]}",
                    project=project,
                    role=role,
                    member=account.member,
                    condition=condition and {"title": condition["title"], "expression": condition["expression"]},
                    opts=child,
                )
            if args["permissions"]:
                own = IAMCustomRole(
                    f"{name}-{project}",
                    project=project,
                    role_id=args["id"].replace("-", "_"),
                    title=args["description"],
                    permissions=args["permissions"],
                    opts=child,
                )
                IAMMember(f"{name}-{project}-own", project=project, role=own.name, member=account.member, opts=child)

        self.email, self.member = account.email, account.member
        self.register_outputs({"email": self.email, "member": self.member})
