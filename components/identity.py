"""Who the app is, to Kubernetes and to Google Cloud."""

from collections.abc import Sequence
from typing import TypedDict

import pulumi
from pulumi_gcp.projects.iam_member import IAMMember
from pulumi_gcp.serviceaccount.account import Account
from pulumi_gcp.serviceaccount.iam_member import IAMMember as AccountMember

from settings.google import GoogleSettings
from settings.naming import app_account


class IdentityArgs(TypedDict):
    """`cluster` names the Google account; without `roles` there is none."""

    name: str
    namespace: pulumi.Input[str]
    cluster: str
    google: GoogleSettings
    roles: Sequence[str]


class Identity(pulumi.ComponentResource):
    """A Kubernetes service account; with roles it acts, without a key, as a Google service account that has them."""

    account: pulumi.Output[str]
    """Name of the Kubernetes service account, known once everything is granted."""

    def __init__(self, name: str, args: IdentityArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("gke-webapp:identity:Identity", name, None, opts)

        account = pulumi.CustomResource(
            "kubernetes:core/v1:ServiceAccount",
            name,
            {
                "apiVersion": "v1",
                "kind": "ServiceAccount",
                "metadata": {
                    "name": args["name"],
                    "namespace": args["namespace"],
                    "labels": {"app.kubernetes.io/name": args["name"]},
                    **({"annotations": self._google(name, args)} if args["roles"] else {}),
                },
                "automountServiceAccountToken": False,
            },
            pulumi.ResourceOptions(parent=self, delete_before_replace=True),
        )

        self.account = pulumi.get(account, "metadata")["name"]
        self.register_outputs({"account": self.account})

    def _google(self, name: str, args: IdentityArgs) -> dict[str, pulumi.Output[str]]:
        """Annotations of a Kubernetes account that acts as a new Google account."""
        child = pulumi.ResourceOptions(parent=self, delete_before_replace=True)
        google = Account(
            name, account_id=app_account(args["cluster"]), display_name=f"Pods of {args['cluster']}", opts=child
        )
        pool = f"{args['google'].project}.svc.id.goog"
        member = pulumi.Output.format("serviceAccount:{0}[{1}/{2}]", pool, args["namespace"], args["name"])
        user = AccountMember(
            name,
            service_account_id=google.name,
            role="roles/iam.workloadIdentityUser",
            member=member,
            opts=child,
        )
        grants = [
            IAMMember(
                # Another identity may have the same role, and a URN has no name of the parent.
                f"{name}-{role}",
                project=args["google"].project,
                role=role,
                member=google.member,
                opts=pulumi.ResourceOptions.merge(child, pulumi.ResourceOptions(aliases=[pulumi.Alias(name=role)])),
            )
            for role in args["roles"]
        ]
        # The grants take part so that no pod starts before it may do its work.
        granted = pulumi.Output.all(google.email, user.id, *(grant.id for grant in grants))
        return {"iam.gke.io/gcp-service-account": granted.apply(lambda of: of[0])}
