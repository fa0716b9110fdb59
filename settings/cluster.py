"""The GKE cluster: how it is reached and kept, and its nodes."""

import re
from collections.abc import Iterator, Mapping
from ipaddress import IPv4Network, collapse_addresses
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Discriminator, Field, Tag, WithJsonSchema
from pydantic.alias_generators import to_camel

from settings.existing import ExistingClusterSettings
from settings.maintenance import MaintenanceSettings
from settings.mistake import SettingError
from settings.model import Model, rule
from settings.network import Range
from settings.node_pool import NodePoolSettings, PoolName
from settings.observability import ObservabilitySettings

EVERYONE = IPv4Network("0.0.0.0/0")

MOST_NETWORKS = 100
"""GKE: "Customize your network isolation", authorized networks of a cluster."""

KEY_PATTERN = r"projects/[^/]+/locations/([^/]+)/keyRings/[^/]+/cryptoKeys/[^/]+"


def _key(name: str) -> str:
    if not re.fullmatch(KEY_PATTERN, name):
        raise SettingError(
            "This is no resource name of a key, so the cluster could not be created.",
            "Write projects/PROJECT/locations/REGION/keyRings/RING/cryptoKeys/KEY.",
        )
    return name


def _version(version: str) -> str:
    if not re.fullmatch(r"1\.[0-9]+(\.[0-9]+(-gke\.[0-9]+)?)?", version):
        raise SettingError(
            "Kubernetes has no such version, so the cluster could not be created.",
            "Write a version in quotes, such as 1.36 or 1.36.2-gke.1080000.",
        )
    return version


KmsKey = Annotated[str, AfterValidator(_key), WithJsonSchema({"type": "string", "pattern": f"^{KEY_PATTERN}$"})]


class ClusterSettings(Model):
    """Who reaches the control plane, how the cluster is kept, and its nodes."""

    deletion_protection: bool = Field(
        description="While true, `pulumi destroy` is refused: first `up` with false, then destroy."
    )
    autopilot: bool = Field(
        default=False,
        description="Google keeps the nodes and bills the pods. A change replaces the cluster and all that is in it.",
    )
    description: str = Field(
        default="",
        description="What the cluster is for, in Google's lists. A change replaces it and all that is in it.",
    )
    release_channel: Literal["RAPID", "REGULAR", "STABLE", "EXTENDED", "UNSPECIFIED"] = Field(
        default="REGULAR",
        description="How early the cluster gets new Kubernetes versions. UNSPECIFIED: it is in no channel.",
    )
    version: Annotated[str, AfterValidator(_version)] | None = Field(
        default=None, description="The control plane's version at least, such as 1.36. None: the channel's."
    )
    authorized_networks: Mapping[str, Range] = Field(
        default={},
        description="Name to IPv4 range: who may reach the control plane's IP address. "
        "None: it is reached by its DNS name, which lets in only who IAM lets in.",
    )
    open_to_the_internet: bool = Field(default=False, description="Allows 0.0.0.0/0 in authorizedNetworks.")
    secrets_encryption_key: KmsKey | None = Field(
        default=None,
        description="Cloud KMS key, in the cluster's region, that Secrets are encrypted with in etcd, besides Google's "
        "own encryption of all disks. GKE's service agent needs roles/cloudkms.cryptoKeyEncrypterDecrypter on it. "
        "Removed here it stays in use: decrypt with `gcloud container clusters update --disable-database-encryption` "
        "before you destroy the key.",
    )
    maintenance: MaintenanceSettings | None = Field(
        default=None, description="When Google may upgrade. None: whenever Google likes."
    )
    cost_allocation: bool = Field(default=True, description="Splits the bill by namespace and label.")
    observability: ObservabilitySettings = ObservabilitySettings()
    node_pools: Mapping[PoolName, NodePoolSettings] = Field(
        default={"nodes": NodePoolSettings()},
        description="Name to node pool; one, `nodes`, unless stated. Not for Autopilot.",
    )

    @rule
    def _validate_authorized_networks(self) -> Iterator[SettingError]:
        ranges = self.authorized_networks
        if EVERYONE in collapse_addresses(ranges.values()) and not self.open_to_the_internet:
            everyone = [name for name, each in ranges.items() if each == EVERYONE]
            yield SettingError(
                "authorizedNetworks holds 0.0.0.0/0: anyone on the internet could reach the control plane.",
                "Name the ranges you need, leave authorizedNetworks out to use the DNS endpoint, "
                "or say `openToTheInternet: true`.",
                "authorized_networks",
                *everyone[:1],
            )

    @rule
    def _validate_number_of_authorized_networks(self) -> Iterator[SettingError]:
        if len(self.authorized_networks) > MOST_NETWORKS:
            yield SettingError(
                f"{len(self.authorized_networks)} networks are named; GKE takes at most {MOST_NETWORKS}.",
                "Put ranges together, or leave authorizedNetworks out to use the DNS endpoint.",
                "authorized_networks",
            )

    @rule
    def _validate_autopilot_without_node_pools(self) -> Iterator[SettingError]:
        if self.autopilot and "node_pools" in self.model_fields_set:
            yield SettingError(
                "Autopilot chooses the nodes by what pods request, and refuses node pools.",
                "Remove nodePools, or remove autopilot.",
                "node_pools",
            )

    @rule
    def _validate_autopilot_release_channel(self) -> Iterator[SettingError]:
        if self.autopilot and self.release_channel == "UNSPECIFIED":
            yield SettingError(
                "Autopilot is always in a release channel.",
                "Name one as releaseChannel, or remove autopilot.",
                "release_channel",
            )

    @rule
    def _validate_autopilot_observability(self) -> Iterator[SettingError]:
        if self.autopilot:
            for name in self.observability.switched_off:
                yield SettingError(
                    f"Autopilot always has {to_camel(name)}, so it cannot be switched off.",
                    "Leave it on, or remove autopilot.",
                    "observability",
                    name,
                )

    @rule
    def _validate_exclusion_scopes(self) -> Iterator[SettingError]:
        if self.release_channel == "UNSPECIFIED" and self.maintenance:
            for name, exclusion in self.maintenance.exclusions.items():
                if exclusion.scope != "NO_UPGRADES":
                    yield SettingError(
                        f"maintenance.exclusions: {name} has a scope that only a release channel knows.",
                        "Write `scope: NO_UPGRADES`, or name a releaseChannel.",
                        *("maintenance", "exclusions", name, "scope"),
                    )

    @rule
    def _validate_node_upgrades_and_repairs(self) -> Iterator[SettingError]:
        if self.release_channel == "UNSPECIFIED":
            return
        for name, pool in self.node_pools.items():
            for key in pool.switched_off:
                yield SettingError(
                    f"nodePools.{name} switches off {to_camel(key)}, which a release channel demands.",
                    "Remove it, or write `releaseChannel: UNSPECIFIED`, and upgrade and repair the nodes yourself.",
                    *("node_pools", name, key),
                )

    @rule
    def _validate_node_pool_without_taints(self) -> Iterator[SettingError]:
        if all(pool.taints for pool in self.node_pools.values()):
            yield SettingError(
                "Every node pool is tainted or there is none, so not even Kubernetes' own pods could run.",
                "Add a node pool without taints.",
                "node_pools",
            )

    @property
    def architectures(self) -> set[str]:
        """Of the nodes: amd64, arm64; Autopilot has both."""
        if self.autopilot:
            return {"amd64", "arm64"}
        return {pool.architecture for pool in self.node_pools.values()}

    @property
    def most_nodes(self) -> int:
        """While each pool is at its largest, and upgrading one node more."""
        return sum(pool.maximum + 1 for pool in self.node_pools.values())

    @property
    def encryption(self) -> dict[str, str] | None:
        """As a GKE cluster's `databaseEncryption` holds it."""
        return {"state": "ENCRYPTED", "keyName": self.secrets_encryption_key} if self.secrets_encryption_key else None

    @property
    def key_region(self) -> str | None:
        """Location of the key that Secrets are encrypted with."""
        return self.secrets_encryption_key.split("/")[3] if self.secrets_encryption_key else None


def _kind(value: Any) -> str:
    exists = isinstance(value, ExistingClusterSettings) or (isinstance(value, dict) and "existing" in value)
    return "[existing]" if exists else "[new]"


AnyCluster = Annotated[
    Annotated[ClusterSettings, Tag("[new]")] | Annotated[ExistingClusterSettings, Tag("[existing]")],
    Discriminator(_kind),
]
"""A cluster of the stack's own, or one that exists; tags in brackets are no part of a key."""
