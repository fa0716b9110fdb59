"""What GitHub's workflows need: a way to sign in, accounts to act as, and a place for the state."""

from pulumi import ResourceOptions, export
from pulumi_gcp.provider import Provider as Google

from components.automation import Automation, Condition
from components.federation import Federation
from components.state_store import StateStore
from settings.bootstrap import BootstrapSettings
from settings.configuration import load_open
from settings.preview_access import permissions

READS = (
    "roles/artifactregistry.reader",
    "roles/certificatemanager.viewer",
    "roles/compute.viewer",
    "roles/container.clusterViewer",
    "roles/dns.reader",
    "roles/iam.securityReviewer",
)
"""What a preview compares on Google Cloud, and no more."""

DEPLOYS = (
    "roles/artifactregistry.admin",
    "roles/certificatemanager.editor",
    "roles/compute.networkAdmin",
    "roles/compute.securityAdmin",
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
preview = Automation(
    "preview",
    {
        "id": "gke-webapp-preview",
        "description": "Previews pull requests",
        "jobs": federation.jobs,
        "projects": list(settings.stacks.values()),
        "roles": dict.fromkeys(READS),
        "permissions": permissions(),
    },
    on_google,
)
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
            "jobs": federation.deployments(stack),
            "projects": [project],
            "roles": {**dict.fromkeys(DEPLOYS), "roles/resourcemanager.projectIamAdmin": grants},
            "permissions": (),
        },
        on_google,
    )
    for stack, project in settings.stacks.items()
}
store = StateStore(
    "state",
    {
        "name": f"{settings.project}-pulumi",
        "region": settings.region,
        "readers": {"preview": preview.member},
        "writers": {f"deploy-{stack}": account.member for stack, account in deployers.items()},
    },
    on_google,
)

export("WORKLOAD_IDENTITY_PROVIDER", federation.provider)
export("STATE_BUCKET", store.bucket)
export("PREVIEW_SERVICE_ACCOUNT", preview.email)
export("DEPLOY_SERVICE_ACCOUNT", {stack: account.email for stack, account in deployers.items()})
export("secretsProvider", store.secrets_provider)
