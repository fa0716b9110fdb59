"""Who lets other projects' nodes pull images from Artifact Registry."""

from collections.abc import Mapping
from typing import TypedDict

import pulumi
from pulumi_gcp.projects.iam_custom_role import IAMCustomRole
from pulumi_gcp.projects.iam_member import IAMMember

PERMISSIONS = ("artifactregistry.repositories.getIamPolicy", "artifactregistry.repositories.setIamPolicy")
"""To grant a role on a repository, and no more."""


class RepositorySharingArgs(TypedDict):
    """`project` has the repositories; `members` and `readers` are IAM members by a name of their own."""

    project: str
    members: Mapping[str, pulumi.Input[str]]
    readers: Mapping[str, pulumi.Input[str]]


class RepositorySharing(pulumi.ComponentResource):
    """Members may decide who reads the image repositories of a project, and can change no image themselves.

    Readers may see what was decided, there and wherever else the project has IAM policies.
    """

    def __init__(self, name: str, args: RepositorySharingArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("gke-webapp:repository_sharing:RepositorySharing", name, None, opts)
        child = pulumi.ResourceOptions(parent=self, delete_before_replace=True)

        role = IAMCustomRole(
            name,
            project=args["project"],
            role_id="gke_webapp_repository_sharing",
            title="Grants roles on image repositories",
            permissions=PERMISSIONS,
            opts=child,
        )
        for each, member in args["members"].items():
            IAMMember(f"{name}-{each}", project=args["project"], role=role.name, member=member, opts=child)
        for each, reader in args["readers"].items():
            IAMMember(
                f"{name}-{each}",
                project=args["project"],
                role="roles/iam.securityReviewer",
                member=reader,
                opts=child,
            )
        self.register_outputs({})
