"""What the stack file of every system states: place, cluster, image registry, environment."""

from typing import ClassVar

from pydantic import Field, ValidationInfo, field_validator

from settings import placement
from settings.cluster import AnyCluster, ClusterSettings
from settings.google import GoogleSettings
from settings.image import ImageSettings
from settings.mistake import SettingError
from settings.model import Model
from settings.naming import APPLICATION, base, problems
from settings.network import NetworkSettings


class SystemSettings(Model):
    """A program derives its own from it: its name, its secrets, and keys beside these."""

    application: ClassVar[str] = APPLICATION
    """Begins the names of whatever is the only one of its kind."""

    secrets: ClassVar[tuple[str, ...]] = ()
    """Keys of the program that hold encrypted text; all of them must be stated."""

    several_images: ClassVar[bool] = False
    """Whether it builds more than one, so that no digest can say which one is deployed."""

    google: GoogleSettings
    network: NetworkSettings = NetworkSettings()
    cluster: AnyCluster = Field(description="A cluster of the stack's own, or an existing one.")
    image: ImageSettings
    registry_username: str = Field(
        default="",
        validate_default=True,
        description="User name at the image registry; Artifact Registry needs none.",
    )
    environment: str = Field(description="Part of every name, and the app's ENVIRONMENT. Default: the stack's name.")

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
        if cls.several_images and (image.digest or image.promoted_from):
            raise SettingError(
                f"{cls.application} has several images, and this names one.", "Remove digest and promotedFrom."
            )
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

    @field_validator("environment")
    @classmethod
    def _nameable(cls, environment: str) -> str:
        if refusals := problems(cls.application, environment):
            raise SettingError(" ".join(refusals), "Set the key environment to a shorter or simpler word, such as dev.")
        return environment

    @property
    def name(self) -> str:
        """Name of everything that is the only one of its kind, such as `gke-webapp-dev`."""
        return base(self.application, self.environment)

    @property
    def deletion_protection(self) -> bool:
        """Whether nothing of the stack may be destroyed; an existing cluster is not the stack's to protect."""
        return isinstance(self.cluster, ClusterSettings) and self.cluster.deletion_protection

    @property
    def variables(self) -> frozenset[str]:
        """Environment variables that the file states in plain."""
        return frozenset()
