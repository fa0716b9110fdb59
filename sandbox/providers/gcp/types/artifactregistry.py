"""Artifact Registry: repositories, and members of their roles."""

from sandbox.providers.gcp import computed, rules
from sandbox.providers.gcp.constraints import conflict
from sandbox.providers.gcp.equivalence import ignoring_case
from sandbox.providers.gcp.resource_type import ResourceType

TYPES: dict[str, ResourceType] = {
    "gcp:artifactregistry/repository:Repository": ResourceType(
        name="projects/{project}/locations/{location}/repositories/{repositoryId}",
        named="repositoryId",
        constraints=(conflict("remoteRepositoryConfig", "virtualRepositoryConfig"),),
        api_rules={"repositoryId": rules.name(), "location": rules.registry_location},
        replaces=(
            *("format", "kmsKeyName", "mavenConfig.allowSnapshotOverwrites", "mavenConfig.versionPolicy", "mode"),
            "remoteRepositoryConfig",
        ),
        in_place=("remoteRepositoryConfig.disableUpstreamValidation", "remoteRepositoryConfig.upstreamCredentials"),
        sets=("cleanupPolicies",),
        equivalences={"format": ignoring_case},
        computed={
            "createTime": computed.now,
            "name": computed.full_name,
            "registryUri": computed.registry,
            "updateTime": computed.now,
        },
        labels="labels",
    ),
    "gcp:artifactregistry/repositoryIamMember:RepositoryIamMember": ResourceType(
        name="{repository}/{role}/{member}",
        named="",
        rules={"member": rules.any_member},
        api_rules={"role": rules.role, "member": rules.member, "location": rules.registry_location},
        replaces=("condition", "location", "project"),
        equivalences={"member": ignoring_case},
        computed={"etag": computed.number},
        idempotent=True,
    ),
}
