"""Where on Google Cloud the stack lives."""

import re
from collections.abc import Iterator
from typing import Annotated

from pydantic import AfterValidator, Field

from settings.mistake import SettingError
from settings.model import Model, rule


def _project(project: str) -> str:
    if not re.fullmatch(r"[a-z][a-z0-9-]{4,28}[a-z0-9]", project):
        raise SettingError(
            "No Google Cloud project can have this id, so every request would fail.",
            "Write the project's id (not its name or number): 6 to 30 lower-case letters, digits or hyphens, "
            "beginning with a letter.",
        )
    return project


def _region(region: str) -> str:
    if not re.fullmatch(r"[a-z]+-[a-z]+[0-9]+", region):
        raise SettingError("There is no such region.", "Write a region, such as europe-west1, without a zone's letter.")
    return region


ProjectId = Annotated[str, AfterValidator(_project)]
Region = Annotated[str, AfterValidator(_region)]


DEFAULT_ZONES = 3
"""In which GKE puts the nodes of a regional cluster that names none: "Regional clusters"."""


class GoogleSettings(Model):
    """Project and place."""

    project: ProjectId = Field(description="Id of an existing project with billing.")
    region: Region = Field(description="Region, such as europe-west1.")
    zones: tuple[str, ...] = Field(
        default=(),
        description="One: a zonal cluster. More: a regional one with nodes in each. None: Google chooses.",
    )

    @rule
    def _validate_zones_of_region(self) -> Iterator[SettingError]:
        for index, zone in enumerate(self.zones):
            if not re.fullmatch(rf"{self.region}-[a-z]", zone):
                yield SettingError(
                    f"{zone} is not a zone of {self.region}, so the cluster could not be created.",
                    f"Write a zone such as {self.region}-b.",
                    "zones",
                    index,
                )

    @rule
    def _validate_different_zones(self) -> Iterator[SettingError]:
        if len(set(self.zones)) < len(self.zones):
            yield SettingError(
                "A zone is listed twice, so one zone would pass for several.", "List each zone once.", "zones"
            )

    @property
    def location(self) -> str:
        """The cluster's location: the zone when there is exactly one, else the region."""
        return self.zones[0] if len(self.zones) == 1 else self.region

    @property
    def node_locations(self) -> list[str]:
        """Zones of the nodes, as GKE wants them: none for a zonal cluster, whose nodes are where it is."""
        return list(self.zones) if len(self.zones) > 1 else []

    @property
    def zone_count(self) -> int:
        """In how many zones there are nodes."""
        return len(self.zones) or DEFAULT_ZONES
