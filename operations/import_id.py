"""The id by which a provider finds a resource that was being created, from the inputs it was created with."""

from collections.abc import Mapping
from string import Formatter
from typing import Any

from operations.pulumi_cli import Resource

GOOGLE = {
    "gcp:artifactregistry/repository:Repository": "projects/{project}/locations/{location}/repositories/{repositoryId}",
    "gcp:artifactregistry/repositoryIamMember:RepositoryIamMember": "projects/{project}/locations/{location}"
    "/repositories/{repository} {role} {member}",
    "gcp:certificatemanager/certificate:Certificate": "projects/{project}/locations/{location}/certificates/{name}",
    "gcp:certificatemanager/certificateMap:CertificateMap": "projects/{project}/locations/global"
    "/certificateMaps/{name}",
    "gcp:certificatemanager/certificateMapEntry:CertificateMapEntry": "projects/{project}/locations/global"
    "/certificateMaps/{map}/certificateMapEntries/{name}",
    "gcp:certificatemanager/dnsAuthorization:DnsAuthorization": "projects/{project}/locations/{location}"
    "/dnsAuthorizations/{name}",
    "gcp:compute/address:Address": "projects/{project}/regions/{region}/addresses/{name}",
    "gcp:compute/firewall:Firewall": "projects/{project}/global/firewalls/{name}",
    "gcp:compute/globalAddress:GlobalAddress": "projects/{project}/global/addresses/{name}",
    "gcp:compute/network:Network": "projects/{project}/global/networks/{name}",
    "gcp:compute/router:Router": "projects/{project}/regions/{region}/routers/{name}",
    "gcp:compute/routerNat:RouterNat": "{project}/{region}/{router}/{name}",
    "gcp:compute/sSLPolicy:SSLPolicy": "projects/{project}/global/sslPolicies/{name}",
    "gcp:compute/subnetwork:Subnetwork": "projects/{project}/regions/{region}/subnetworks/{name}",
    "gcp:container/cluster:Cluster": "projects/{project}/locations/{location}/clusters/{name}",
    "gcp:container/nodePool:NodePool": "projects/{project}/locations/{location}/clusters/{cluster}/nodePools/{name}",
    "gcp:dns/managedZone:ManagedZone": "projects/{project}/managedZones/{name}",
    "gcp:dns/recordSet:RecordSet": "projects/{project}/managedZones/{managedZone}/rrsets/{name}/{type}",
    "gcp:iam/workloadIdentityPool:WorkloadIdentityPool": "projects/{project}/locations/global"
    "/workloadIdentityPools/{workloadIdentityPoolId}",
    "gcp:iam/workloadIdentityPoolProvider:WorkloadIdentityPoolProvider": "projects/{project}/locations/global"
    "/workloadIdentityPools/{workloadIdentityPoolId}/providers/{workloadIdentityPoolProviderId}",
    "gcp:kms/cryptoKey:CryptoKey": "{keyRing}/cryptoKeys/{name}",
    "gcp:kms/cryptoKeyIAMMember:CryptoKeyIAMMember": "{cryptoKeyId} {role} {member}",
    "gcp:kms/keyRing:KeyRing": "projects/{project}/locations/{location}/keyRings/{name}",
    "gcp:projects/iAMCustomRole:IAMCustomRole": "projects/{project}/roles/{roleId}",
    "gcp:projects/iAMMember:IAMMember": "{project} {role} {member}",
    "gcp:projects/service:Service": "{project}/{service}",
    "gcp:serviceaccount/account:Account": "projects/{project}/serviceAccounts"
    "/{accountId}@{project}.iam.gserviceaccount.com",
    "gcp:serviceaccount/iAMMember:IAMMember": "{serviceAccountId} {role} {member}",
    "gcp:storage/bucket:Bucket": "{name}",
    "gcp:storage/bucketIAMMember:BucketIAMMember": "b/{bucket} {role} {member}",
}
"""Import id by type, in the resource's inputs: the section "Import" of each resource in the provider's reference.

What an input leaves out, the provider's configuration says.
"""

PARENTS = frozenset({"cluster", "managedZone", "map", "repository", "router"})
"""Inputs that take a parent's full name as well as its short one, of which an id has the last segment."""

NOT_IN_A_CLOUD = ("docker:", "pulumi:")
"""Packages whose resources cannot be read back and need not be: an image is pushed again, under the same digest."""


class NoImportIdError(Exception):
    """The type is not known here, or an input that the id is made of is not."""


def import_id(resource: Resource, provider: Mapping[str, Any]) -> str | None:
    """None for what exists nowhere but in Pulumi's state. Raises NoImportIdError.

    `provider` are the inputs of the resource's provider.
    """
    kind = resource["type"]
    if not resource.get("custom") or kind.startswith(NOT_IN_A_CLOUD):
        return None
    inputs: dict[str, Any] = resource.get("inputs") or {}
    if kind.startswith("kubernetes:"):
        return _object(inputs.get("metadata"))
    if kind not in GOOGLE:
        raise NoImportIdError(f"the import id of a {kind} is not known here")
    places = {"project": provider.get("project"), "region": provider.get("region")}
    places["location"] = provider.get("zone") or places["region"]
    known = {key: _segment(key, value) for key, value in (places | inputs).items() if isinstance(value, str)}
    wanted = [key for _, key, _, _ in Formatter().parse(GOOGLE[kind]) if key]
    if missing := [key for key in wanted if key not in known]:
        raise NoImportIdError(f"its {', '.join(missing)} is not in the state")
    condition = inputs.get("condition")
    return GOOGLE[kind].format_map(known) + (f" {condition['title']}" if condition else "")


def _object(metadata: Any) -> str:
    """The provider's check has written the namespace and a generated name into the inputs."""
    name = metadata.get("name") if isinstance(metadata, dict) else None
    if not isinstance(name, str):
        raise NoImportIdError("its metadata.name is not in the state")
    namespace = metadata.get("namespace")
    return f"{namespace}/{name}" if namespace else name


def _segment(key: str, value: str) -> str:
    return value.rpartition("/")[2] if key in PARENTS else value
