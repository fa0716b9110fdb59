"""What the stack file of every system states: place, cluster, image registry, environment."""

from collections.abc import Iterator
from typing import ClassVar

from pydantic import Field

from settings import placement
from settings.cluster import AnyCluster, ClusterSettings
from settings.google import GoogleSettings
from settings.image import ImageSettings
from settings.mistake import SettingError
from settings.model import Model, rule
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
        default="", description="User name at the image registry; Artifact Registry needs none."
    )
    not_credentials: tuple[str, ...] = Field(
        default=(),
        description="What looks like a credential and is none: names of variables, build arguments and labels, or the "
        "key of a command, such as workload.command. The policies' setting `stated` says the same to them.",
    )
    environment: str = Field(description="Part of every name, and the app's ENVIRONMENT. Default: the stack's name.")

    @rule
    def _validate_network_of_existing_cluster(self) -> Iterator[SettingError]:
        yield from placement.network_of_existing_cluster(self.cluster, self.network)

    @rule
    def _validate_region_of_key(self) -> Iterator[SettingError]:
        yield from placement.region_of_key(self.cluster, self.google)

    @rule
    def _validate_zones_of_autopilot(self) -> Iterator[SettingError]:
        yield from placement.zones_of_autopilot(self.cluster, self.google)

    @rule
    def _validate_room_for_nodes(self) -> Iterator[SettingError]:
        yield from placement.room_for_nodes(self.cluster, self.network)

    @rule
    def _validate_platform(self) -> Iterator[SettingError]:
        yield from placement.platform_of_nodes(self.cluster, self.image.platform)

    @rule
    def _validate_one_image(self) -> Iterator[SettingError]:
        for name in ("digest", "promoted_from"):
            if self.several_images and getattr(self.image, name):
                yield SettingError(
                    f"{self.application} has several images, and this names one.", "Remove it.", "image", name
                )

    @rule
    def _validate_registry_username(self) -> Iterator[SettingError]:
        if not self.registry_username and not self.image.artifact_repository:
            yield SettingError("Without a user name no registry lets anyone in.", "Write a value.", "registry_username")

    @rule
    def _validate_names(self) -> Iterator[SettingError]:
        if refusals := problems(self.application, self.environment):
            yield SettingError(
                " ".join(refusals),
                "Set the key environment to a shorter or simpler word, such as dev.",
                "environment",
            )

    @property
    def name(self) -> str:
        """Name of everything that is the only one of its kind, such as `gke-webapp-dev`."""
        return base(self.application, self.environment)

    @property
    def deletion_protection(self) -> bool:
        """Whether nothing of the stack may be destroyed; an existing cluster is not the stack's to protect."""
        return isinstance(self.cluster, ClusterSettings) and self.cluster.deletion_protection
