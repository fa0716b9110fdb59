"""What the stack file of orchestrate states."""

from collections.abc import Iterator, Mapping
from typing import ClassVar

from pydantic import Field

from settings import capacity
from settings.container import ImageReference
from settings.mistake import SettingError
from settings.model import rule
from settings.network import Range
from settings.pod import unread_options
from settings.service import Services, refused_selections
from settings.system import SystemSettings
from settings.workload import Workloads

STAGES: Mapping[str, int] = {"nginx": 0, "monolith": 1, "secure-monolith": 2, "auth": 3, "hello": 3, "frontend": 3}
"""Workloads, and the stage that brings each."""

SERVICES = {"nginx", "monolith", "auth", "hello", "frontend"}

CONNECTIONS = {"frontend": ("auth", "hello")}


class Orchestrate(SystemSettings):
    """The stack file."""

    application: ClassVar[str] = "io"
    secrets: ClassVar[tuple[str, ...]] = ("jwtSecret", "password", "tlsCertificate", "tlsKey")
    several_images: ClassVar[bool] = True

    stage: int = Field(
        # Pulumi hands over a number that stands alone as text.
        default=3,
        ge=0,
        le=3,
        strict=False,
        description="How far the monolith is on its way; each adds to the last.",
    )
    username: str = Field(min_length=1, description="Who may sign in.")
    nginx: ImageReference = Field(description="Image of nginx, and of the frontend.")
    workloads: Workloads = Field(description="Pods of each.")
    services: Services = Field(description="What leads to them.")
    node_port_sources: tuple[Range, ...] = Field(description="Who may reach the monolith by the nodes' port.")

    @rule
    def _validate_names_of_workloads(self) -> Iterator[SettingError]:
        yield from _missing_or_unknown("workloads", self.workloads, set(STAGES))

    @rule
    def _validate_names_of_services(self) -> Iterator[SettingError]:
        yield from _missing_or_unknown("services", self.services, SERVICES)

    @rule
    def _validate_options(self) -> Iterator[SettingError]:
        for name, workload in self.workloads.items():
            yield from unread_options(workload, ["workloads", name])

    @rule
    def _validate_capacity(self) -> Iterator[SettingError]:
        for name, workload in self.workloads.items():
            yield from capacity.refused(workload, self.cluster, self.image.platform, "workloads", name)

    @rule
    def _validate_selectors(self) -> Iterator[SettingError]:
        yield from refused_selections("services", self.services, self.workloads)

    @property
    def standing(self) -> Workloads:
        """The workloads of the stage and those before it."""
        return {name: workload for name, workload in self.workloads.items() if STAGES[name] <= self.stage}


def _missing_or_unknown(key: str, stated: Mapping[str, object], names: set[str]) -> Iterator[SettingError]:
    if strays := sorted(stated.keys() ^ names):
        yield SettingError(
            f"{', '.join(strays)}: missing in {key} or unknown, so a stage would not be whole.",
            f"State {', '.join(sorted(names))}, and no others.",
            key,
        )


if __name__ == "__main__":
    from settings.command import main

    main(Orchestrate)
