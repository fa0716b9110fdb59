"""What the stack file of imageview states."""

from collections.abc import Iterator
from typing import ClassVar, Literal

from pydantic import Field

from settings import capacity
from settings.mistake import SettingError
from settings.model import rule
from settings.pod import unread_options
from settings.service import ServiceSettings
from settings.system import SystemSettings
from settings.workload import WorkloadSettings

COLOURS = ("blue", "green")


class ImageView(SystemSettings):
    """The stack file."""

    application: ClassVar[str] = "imageview"
    secrets: ClassVar[tuple[str, ...]] = ("apiId", "apiKey")
    several_images: ClassVar[bool] = True

    colour: Literal["blue", "green"] = Field(description="The live one.")
    webserver: WorkloadSettings = Field(description="Pods of each colour.")

    @rule
    def _validate_options(self) -> Iterator[SettingError]:
        yield from unread_options(self.webserver, ["webserver"])

    @rule
    def _validate_capacity(self) -> Iterator[SettingError]:
        yield from capacity.refused(self.webserver, self.cluster, self.image.platform, "webserver")

    def pods(self, colour: str) -> WorkloadSettings:
        """Those of one colour, live or not."""
        return self.webserver.model_copy(update={"labels": {**self.webserver.labels, **_labels(colour)}})

    @property
    def service(self) -> ServiceSettings:
        """What leads to the pods of the live colour."""
        ports = {self.webserver.port_name: 80}
        return ServiceSettings(type="LoadBalancer", selector=_labels(self.colour), ports=ports)


def _labels(colour: str) -> dict[str, str]:
    return {"type": "webserver", "color": colour}


if __name__ == "__main__":
    from settings.command import main

    main(ImageView)
