"""How GitHub's workflows sign in to Google Cloud without a key."""

from typing import TypedDict

import pulumi
from pulumi_gcp.iam.workload_identity_pool import WorkloadIdentityPool
from pulumi_gcp.iam.workload_identity_pool_provider import WorkloadIdentityPoolProvider

ISSUER = "https://token.actions.githubusercontent.com"
"""Of the tokens that identify a job: GitHub's documentation, "OpenID Connect reference"."""


class FederationArgs(TypedDict):
    """Numbers that GitHub gave to repository and owner; `branch` is the one that is deployed."""

    repository_id: str
    owner_id: str
    branch: str


class Federation(pulumi.ComponentResource):
    """A pool of identities that holds the jobs of one repository, by its number, and nobody else."""

    provider: pulumi.Output[str]
    """Full name, as a workflow signs in with."""
    reviewed: pulumi.Output[str]
    """The jobs that run what is on the deployed branch, as an IAM member."""

    def __init__(self, name: str, args: FederationArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("gke-webapp:federation:Federation", name, None, opts)
        child = pulumi.ResourceOptions(parent=self, delete_before_replace=True)

        pool = WorkloadIdentityPool(name, workload_identity_pool_id=name, display_name="GitHub workflows", opts=child)
        deploying = f"assertion.ref == 'refs/heads/{args['branch']}' && has(assertion.environment)"
        provider = WorkloadIdentityPoolProvider(
            name,
            workload_identity_pool_id=pool.workload_identity_pool_id,
            workload_identity_pool_provider_id=name,
            attribute_condition=(
                f"assertion.repository_id == '{args['repository_id']}' "
                f"&& assertion.repository_owner_id == '{args['owner_id']}'"
            ),
            attribute_mapping={
                "google.subject": "assertion.sub",
                "attribute.ref": "assertion.ref",
                # The GitHub environment whose rules a job has passed, from whichever branch it comes.
                "attribute.passed": "has(assertion.environment) ? assertion.environment : ''",
                # The GitHub environment whose rules a deployment has passed; none for any other job.
                "attribute.deploys": f"{deploying} ? assertion.environment : ''",
            },
            oidc={"issuer_uri": ISSUER},
            opts=child,
        )

        # Known once the condition is in force.
        self._members = pulumi.Output.format("principalSet://iam.googleapis.com/{0}", pool.name).apply(
            lambda members: provider.state.apply(lambda _: members)
        )
        self.provider = provider.name
        self.reviewed = pulumi.Output.concat(self._members, f"/attribute.ref/refs/heads/{args['branch']}")
        self.register_outputs({"provider": self.provider, "reviewed": self.reviewed})

    def previews(self, environment: str) -> pulumi.Output[str]:
        """The jobs, pull requests' too, that have passed the rules of a GitHub environment, as an IAM member."""
        return pulumi.Output.concat(self._members, "/attribute.passed/", environment)

    def deployments(self, environment: str) -> pulumi.Output[str]:
        """Those of them that run what is on the deployed branch, as an IAM member."""
        return pulumi.Output.concat(self._members, "/attribute.deploys/", environment)
