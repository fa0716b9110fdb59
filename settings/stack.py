"""A stack file, whole."""

from typing import Annotated

from pydantic import AfterValidator, Field, ValidationInfo, field_validator

from settings import placement
from settings.cluster import AnyCluster, ClusterSettings
from settings.domain import Domain
from settings.google import GoogleSettings
from settings.image import ImageSettings
from settings.ingress import DnsSettings, IngressSettings
from settings.mistake import SettingError
from settings.model import Model
from settings.naming import base, problems
from settings.network import NetworkSettings
from settings.workload import WorkloadSettings

CERTIFICATES = 15
"""Compute Engine quota: SSL certificates of one target HTTPS proxy; each domain has one of its own."""


def _nameable(environment: str) -> str:
    if refusals := problems(environment):
        raise SettingError(" ".join(refusals), "Set gke-webapp:environment to a shorter or simpler word, such as dev.")
    return environment


def _certifiable(domains: tuple[str, ...]) -> tuple[str, ...]:
    if not 1 <= len(domains) <= CERTIFICATES:
        raise SettingError(
            f"{len(domains)} domains are listed; one load balancer serves 1 to {CERTIFICATES}.",
            f"List at least 1 and at most {CERTIFICATES} domains.",
        )
    if repeated := sorted({domain for domain in domains if domains.count(domain) > 1}):
        raise SettingError(f"{', '.join(repeated)} is listed twice, so names would collide.", "List each domain once.")
    return domains


class Settings(Model):
    """Everything a stack file states, but for its secrets."""

    google: GoogleSettings
    network: NetworkSettings = NetworkSettings()
    cluster: AnyCluster = Field(description="A cluster of the stack's own, or an existing one.")
    domains: Annotated[tuple[Domain, ...], AfterValidator(_certifiable)] = Field(
        description="Hosts of the app; the first is its main one.",
        json_schema_extra={"minItems": 1, "maxItems": CERTIFICATES},
    )
    image: ImageSettings
    registry_username: str = Field(
        default="",
        validate_default=True,
        description="User name at the image registry; Artifact Registry needs none.",
    )
    environment: Annotated[str, AfterValidator(_nameable)] = Field(
        description="Part of every name, and the app's ENVIRONMENT. Default: the stack's name."
    )
    workload: WorkloadSettings = WorkloadSettings()
    ingress: IngressSettings = IngressSettings()
    dns: DnsSettings = DnsSettings()

    @field_validator("cluster")
    @classmethod
    def _placed(cls, cluster: AnyCluster, info: ValidationInfo) -> AnyCluster:
        google, network = info.data.get("google"), info.data.get("network")
        if google and network:
            placement.check(cluster, google, network)
        return cluster

    @field_validator("image")
    @classmethod
    def _runnable(cls, image: ImageSettings, info: ValidationInfo) -> ImageSettings:
        if isinstance(cluster := info.data.get("cluster"), ClusterSettings):
            placement.check_platform(image.platform, cluster)
        return image

    @field_validator("registry_username")
    @classmethod
    def _signed_in(cls, username: str, info: ValidationInfo) -> str:
        image = info.data.get("image")
        if not username and not (image and image.artifact_repository):
            raise SettingError("Without a user name no registry lets anyone in.", "Write a value.")
        return username

    @property
    def name(self) -> str:
        """Name of everything that is the only one of its kind, such as `gke-webapp-dev`."""
        return base(self.environment)
