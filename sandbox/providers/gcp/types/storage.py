"""Cloud Storage: buckets."""

from sandbox.providers.gcp import computed, rules
from sandbox.providers.gcp.equivalence import ignoring_case
from sandbox.providers.gcp.resource_type import ResourceType

TYPES: dict[str, ResourceType] = {
    "gcp:storage/bucket:Bucket": ResourceType(
        name="projects/_/buckets/{name}",
        id="{name}",
        api_rules={
            "name": rules.pattern(
                "[a-z0-9][-a-z0-9_.]{1,61}[a-z0-9]",
                "bucket name (3 to 63 lower-case letters, digits, hyphens, underscores and dots)",
            ),
            "publicAccessPrevention": rules.one_of("enforced", "inherited"),
        },
        replaces=(
            *("customPlacementConfig.dataLocations", "enableObjectRetention", "hierarchicalNamespace", "location"),
            "project",
        ),
        computed_inputs=(
            *("autoclass.terminalStorageClass", "lifecycleRules[*].condition.withState", "logging.logObjectPrefix"),
        ),
        sets=("customPlacementConfig.dataLocations",),
        defaults={"softDeletePolicy.retentionDurationSeconds": 604800, "storageClass": "STANDARD"},
        equivalences={"location": ignoring_case},
        computed={
            "selfLink": computed.storage_link,
            "timeCreated": computed.now,
            "updated": computed.now,
            "url": computed.storage_url,
        },
        labels="labels",
        refuses_children=True,
    ),
}
