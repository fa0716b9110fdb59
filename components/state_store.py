"""Where Pulumi keeps what it knows of the stacks, and the keys of their secrets."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TypedDict

import pulumi
from pulumi_gcp.kms.crypto_key import CryptoKey
from pulumi_gcp.kms.crypto_key_iam_member import CryptoKeyIAMMember
from pulumi_gcp.kms.key_ring import KeyRing

VERSIONS = 100
"""Of each state file that are kept."""

QUARTER = f"{90 * 24 * 3600}s"


class StackAccess(TypedDict):
    """Names of accounts: the `writer` deploys the stack, the `readers` decrypt its secrets, too."""

    writer: str
    readers: Sequence[str]


class StateStoreArgs(TypedDict):
    """`program` is the name in its Pulumi.yaml, `accounts` are IAM members by name; each reads every stack's state."""

    name: str
    region: str
    program: str
    accounts: Mapping[str, pulumi.Input[str]]
    stacks: Mapping[str, StackAccess]


class StateStore(pulumi.ComponentResource):
    """A versioned bucket, and a KMS key for each stack; all are protected: without them no stack could be changed."""

    bucket: pulumi.Output[str]
    secrets_providers: dict[str, pulumi.Output[str]]
    """By stack, as `pulumi stack init --secrets-provider` takes it."""

    def __init__(self, name: str, args: StateStoreArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("gke-webapp:state_store:StateStore", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        kept = pulumi.ResourceOptions(parent=self, protect=True)
        accounts = args["accounts"]

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

        for who, member in accounts.items():
            pulumi.CustomResource(
                "gcp:storage/bucketIAMMember:BucketIAMMember",
                who,
                {"bucket": named, "role": "roles/storage.objectViewer", "member": member},
                child,
            )

        self.bucket, self.secrets_providers = named, {}
        for stack, access in args["stacks"].items():
            writer = access["writer"]
            pulumi.CustomResource(
                "gcp:storage/bucketIAMMember:BucketIAMMember",
                f"{writer}-{stack}",
                {
                    "bucket": named,
                    "role": "roles/storage.objectUser",
                    "member": accounts[writer],
                    "condition": {
                        "title": f"Only what Pulumi writes for {stack}",
                        "expression": " || ".join(_written(args["name"], args["program"], stack)),
                    },
                },
                child,
            )
            key = CryptoKey(f"{name}-{stack}", name=stack, key_ring=ring.id, rotation_period=QUARTER, opts=kept)
            rights = dict.fromkeys(access["readers"], "roles/cloudkms.cryptoKeyDecrypter")
            rights[writer] = "roles/cloudkms.cryptoKeyEncrypterDecrypter"
            for who, role in rights.items():
                CryptoKeyIAMMember(f"{stack}-{who}", crypto_key_id=key.id, role=role, member=accounts[who], opts=child)
            self.secrets_providers[stack] = pulumi.Output.concat("gcpkms://", key.id)

        self.register_outputs({"bucket": self.bucket, "secretsProviders": self.secrets_providers})


def _written(bucket: str, program: str, stack: str) -> Iterator[str]:
    """Conditions that hold for the objects of one stack. (pulumi/pulumi: pkg/backend/diy/store.go and lock.go)

    In the name of a stack with an account of its own there is no dot.
    """
    for path in (
        f"stacks/{program}/{stack}.",
        f"history/{program}/{stack}/",
        f"backups/{program}/{stack}/",
        f"journal/{program}/{stack}/",
        f"locks/organization/{program}/{stack}/",
    ):
        yield f"resource.name.startsWith('projects/_/buckets/{bucket}/objects/.pulumi/{path}')"
