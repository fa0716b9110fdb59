"""Service accounts, members of roles, and enabled services."""

from sandbox.providers.gcp import computed, rules
from sandbox.providers.gcp.equivalence import ignoring_case
from sandbox.providers.gcp.resource_type import ResourceType

TYPES: dict[str, ResourceType] = {
    "gcp:serviceaccount/account:Account": ResourceType(
        name="projects/{project}/serviceAccounts/{accountId}@{project}.iam.gserviceaccount.com",
        named="accountId",
        rules={
            "accountId": rules.pattern(
                "[a-z][-a-z0-9]{4,28}[a-z0-9]",
                "account id (6 to 30 lower-case letters, digits and hyphens, starting with a letter)",
            )
        },
        computed={
            "email": computed.email,
            "member": computed.member,
            "name": computed.full_name,
            "uniqueId": computed.number,
        },
    ),
    "gcp:serviceaccount/iAMMember:IAMMember": ResourceType(
        name="{serviceAccountId}/{role}/{member}",
        named="",
        references={"serviceAccountId": "{serviceAccountId}"},
        rules={"member": rules.any_member},
        api_rules={"role": rules.role, "member": rules.member},
        replaces=("condition",),
        equivalences={"member": ignoring_case},
        computed={"etag": computed.number},
        idempotent=True,
    ),
    "gcp:projects/iAMMember:IAMMember": ResourceType(
        name="{project}/{role}/{member}",
        named="",
        rules={"member": rules.any_member},
        api_rules={"role": rules.role, "member": rules.member},
        replaces=("condition",),
        equivalences={"member": ignoring_case},
        computed={"etag": computed.number},
        idempotent=True,
    ),
    "gcp:projects/service:Service": ResourceType(
        name="{project}/{service}",
        named="",
        rules={"service": rules.pattern(r".+\..+", "service, such as container.googleapis.com")},
        idempotent=True,
    ),
}
