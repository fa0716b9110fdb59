"""Commands that run in the app's image, beside the pods that serve."""

import re
from collections.abc import Mapping
from typing import Annotated

from pydantic import AfterValidator, Field

from settings import cron
from settings.kubernetes_names import TimeZone
from settings.mistake import SettingError
from settings.model import Model

NAME_LIMIT = 30
"""With the app's name and Kubernetes' own suffix of 11 it fits into the 63 characters of a Job's name."""


def _command(command: tuple[str, ...]) -> tuple[str, ...]:
    if not command:
        raise SettingError("The image's own command would serve, and never end.", "Write a program and its arguments.")
    return command


class JobSettings(Model):
    """A command that ends."""

    command: Annotated[tuple[str, ...], AfterValidator(_command)] = Field(
        description="Program and arguments; no shell."
    )
    timeout_seconds: int = Field(default=600, ge=1, le=86400, description="After this it has failed.")
    retries: int = Field(default=2, ge=0, le=10, description="How often it is run again when it fails.")


class CronJobSettings(JobSettings):
    """A command that runs at set times, never twice at once."""

    schedule: Annotated[str, AfterValidator(cron.schedule)] = Field(
        description="Minute, hour, day, month and weekday, or a word such as @daily."
    )
    time_zone: TimeZone = Field(default="Etc/UTC", description="IANA's name of the schedule's.")


def _job_name(name: str) -> str:
    if not re.fullmatch(r"[a-z]([-a-z0-9]*[a-z0-9])?", name):
        raise SettingError(f"{name}: Kubernetes refuses such a name.", "Write lower-case letters, digits and hyphens.")
    if len(name) > NAME_LIMIT:
        raise SettingError(f"{name}: the names of its Jobs would be too long.", f"Use at most {NAME_LIMIT} characters.")
    return name


CronJobs = Mapping[Annotated[str, AfterValidator(_job_name)], CronJobSettings]
"""Jobs by name."""
