"""What GitHub's workflows need: a way to sign in, accounts to act as, and a place for the state."""

from pulumi import ResourceOptions, export
from pulumi_gcp.provider import Provider as Google

from components.automation import Automation, Condition
from components.federation import Federation
from components.repository_sharing import RepositorySharing
from components.state_store import StateStore
from settings.bootstrap import BootstrapSettings
from settings.configuration import load_open
from settings.naming import APPLICATION

READS = (
    "roles/artifactregistry.reader",
    "roles/certificatemanager.viewer",
    "roles/compute.viewer",
    "roles/container.viewer",
    "roles/dns.reader",
    "roles/iam.securityReviewer",
)
"""What a preview compares, and no more."""

READS_SECRETS = ("container.secrets.get", "container.secrets.list")
"""What roles/container.viewer leaves out; a preview decrypts the same values in the state."""

DEPLOYS = (
    "roles/artifactregistry.admin",
    "roles/certificatemanager.owner",
    "roles/compute.networkAdmin",
    "roles/compute.securityAdmin",
    # The audit after a destroy also looks for disks.
    "roles/compute.viewer",
    "roles/container.admin",
    "roles/dns.admin",
    "roles/iam.serviceAccountAdmin",
    # Who may set the policies of accounts could let itself act as them, too.
    "roles/iam.serviceAccountUser",
)

GRANTABLE = ("roles/container.defaultNodeServiceAccount",)
"""What a deployment may grant in a project: the nodes' role. Add the ones in workload.googleRoles here."""

settings = load_open(BootstrapSettings)
on_google = ResourceOptions(providers=[Google("google", project=settings.project, region=settings.region)])

federation = Federation(
    "github",
    {"repository_id": settings.repository_id, "owner_id": settings.owner_id, "branch": settings.branch},
    on_google,
)
previews = {
    stack: Automation(
        f"preview-{stack}",
        {
            "id": f"gke-webapp-preview-{stack}",
            "description": f"Previews {stack}",
            "jobs": {
                f"preview-{stack}": federation.previews(f"preview-{stack}"),
                # Plans of deployments, and the search for drift.
                f"preview-{stack}-reviewed": federation.reviewed,
            },
            "projects": [project],
            "roles": dict.fromkeys(READS),
            "permissions": READS_SECRETS,
        },
        on_google,
    )
    for stack, project in settings.stacks.items()
}
grants: Condition = {
    "title": "Only roles of nodes and apps",
    "expression": "api.getAttribute('iam.googleapis.com/modifiedGrantsByRole', []).hasOnly("
    f"[{', '.join(map(repr, GRANTABLE))}])",
}
deployers = {
    stack: Automation(
        f"deploy-{stack}",
        {
            "id": f"gke-webapp-deploy-{stack}",
            "description": f"Deploys {stack}",
            "jobs": {f"deploy-{stack}": federation.deployments(stack)},
            "projects": [project],
            "roles": {**dict.fromkeys(DEPLOYS), "roles/resourcemanager.projectIamAdmin": grants},
            "permissions": (),
        },
        on_google,
    )
    for stack, project in settings.stacks.items()
}
sharing: dict[str, list[str]] = {}
for stack, project in settings.stacks.items():
    # The nodes of a promoted stack pull from where the image was built.
    if (built_in := settings.stacks[settings.builder(stack)]) != project:
        sharing.setdefault(built_in, []).append(stack)
for project, stacks in sharing.items():
    RepositorySharing(
        f"images-{project}",
        {
            "project": project,
            "members": {stack: deployers[stack].member for stack in stacks},
            # A refreshed preview compares who may pull.
            "readers": {f"preview-{stack}": previews[stack].member for stack in stacks},
        },
        on_google,
    )
store = StateStore(
    "state",
    {
        "name": f"{settings.project}-pulumi",
        "region": settings.region,
        "program": APPLICATION,
        "accounts": {
            **{f"preview-{stack}": account.member for stack, account in previews.items()},
            **{f"deploy-{stack}": account.member for stack, account in deployers.items()},
        },
        "stacks": {
            stack: {
                "writer": f"deploy-{stack}",
                "readers": [
                    f"preview-{stack}",
                    *(
                        f"{work}-{to}"
                        for to, source in settings.promoted_from.items()
                        if source == stack
                        for work in ("deploy", "preview")
                    ),
                ],
            }
            for stack in settings.stacks
        },
    },
    on_google,
)

export("WORKLOAD_IDENTITY_PROVIDER", federation.provider)
export("STATE_BUCKET", store.bucket)
export("PREVIEW_SERVICE_ACCOUNTS", {stack: account.email for stack, account in previews.items()})
export("DEPLOY_SERVICE_ACCOUNT", {stack: account.email for stack, account in deployers.items()})
export("secretsProviders", store.secrets_providers)
