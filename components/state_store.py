"""Where Pulumi keeps what it knows of the stacks, and the key of its secrets."""

from collections.abc import Mapping
from typing import TypedDict

import pulumi
from pulumi_gcp.kms.crypto_key import CryptoKey
from pulumi_gcp.kms.crypto_key_iam_member import CryptoKeyIAMMember
from pulumi_gcp.kms.key_ring import KeyRing

VERSIONS = 100
"""Of each state file that are kept."""

QUARTER = f"{90 * 24 * 3600}s"


class StateStoreArgs(TypedDict):
    """IAM members by name: `readers` may preview, `writers` may deploy."""

    name: str
    region: str
    readers: Mapping[str, pulumi.Input[str]]
    writers: Mapping[str, pulumi.Input[str]]


class StateStore(pulumi.ComponentResource):
    """A versioned bucket and a KMS key; both are protected: without them no stack could be changed any more."""

    bucket: pulumi.Output[str]
    secrets_provider: pulumi.Output[str]
    """As `pulumi stack init --secrets-provider` takes it."""

    def __init__(self, name: str, args: StateStoreArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("gke-webapp:state_store:StateStore", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        kept = pulumi.ResourceOptions(parent=self, protect=True)

        bucket = pulumi.CustomResource(
            "gcp:storage/bucket:Bucket",
            name,
            {
                "name": args["name"],
                "location": args["region"],
                "uniformBucketLevelAccess": True,
                "publicAccessPrevention": "enforced",
                "versioning": {"enabled": True},
                "lifecycleRules": [{"action": {"type": "Delete"}, "condition": {"numNewerVersions": VERSIONS}}],
            },
            kept,
        )
        named = pulumi.get(bucket, "name")
        ring = KeyRing(name, name=args["name"], location=args["region"], opts=kept)
        key = CryptoKey(name, name="pulumi", key_ring=ring.id, rotation_period=QUARTER, opts=kept)

        rights = {
            "readers": ("roles/storage.objectViewer", "roles/cloudkms.cryptoKeyDecrypter"),
            "writers": ("roles/storage.objectUser", "roles/cloudkms.cryptoKeyEncrypterDecrypter"),
        }
        for group, (on_bucket, on_key) in rights.items():
            for who, member in args[group].items():
                pulumi.CustomResource(
                    "gcp:storage/bucketIAMMember:BucketIAMMember",
                    who,
                    {"bucket": named, "role": on_bucket, "member": member},
                    child,
                )
                CryptoKeyIAMMember(who, crypto_key_id=key.id, role=on_key, member=member, opts=child)

        self.bucket = named
        self.secrets_provider = pulumi.Output.concat("gcpkms://", key.id)
        self.register_outputs({"bucket": self.bucket, "secretsProvider": self.secrets_provider})
