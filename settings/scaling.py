"""How many pods there are, when the load decides."""

from collections.abc import Iterator

from pydantic import Field

from settings.mistake import SettingError
from settings.model import Model, rule


class ScalingSettings(Model):
    """A HorizontalPodAutoscaler that follows the use of processor time."""

    minimum: int = Field(default=2, ge=1, le=1000, description="Pods at least.")
    maximum: int = Field(ge=1, le=1000, description="Pods at most.")
    cpu_percent: int = Field(
        default=70, ge=10, le=100, description="Use to aim at, in percent of the processor time in requests."
    )

    @rule
    def _validate_minimum(self) -> Iterator[SettingError]:
        if self.minimum >= self.maximum:
            yield SettingError(
                f"minimum {self.minimum} is not below maximum {self.maximum}, so nothing could be scaled.",
                "Raise maximum, or state replicas in place of scaling.",
                "minimum",
            )
