"""Commands that run in the app's image, beside the pods that serve."""

import re
from collections.abc import Mapping
from typing import Annotated

from pydantic import AfterValidator, Field

from settings.mistake import SettingError
from settings.model import Model

NAME_LIMIT = 30
"""With the app's name and Kubernetes' own suffix of 11 it fits into the 63 characters of a Job's name."""

_PART = r"(\*|[0-9A-Za-z]+(-[0-9A-Za-z]+)?)(/[0-9]+)?"
_SCHEDULE = rf"({_PART}(,{_PART})* +){{4}}{_PART}(,{_PART})*|@(hourly|daily|weekly|monthly|yearly)"


def _command(command: tuple[str, ...]) -> tuple[str, ...]:
    if not command:
        raise SettingError("The image's own command would serve, and never end.", "Write a program and its arguments.")
    return command


def _schedule(schedule: str) -> str:
    if not re.fullmatch(_SCHEDULE, schedule):
        raise SettingError(
            "Kubernetes cannot tell when this is.",
            'Write minute, hour, day, month and weekday, such as "30 4 * * 1-5", or a word such as @daily.',
        )
    return schedule


class JobSettings(Model):
    """A command that ends."""

    command: Annotated[tuple[str, ...], AfterValidator(_command)] = Field(
        description="Program and arguments; no shell."
    )
    timeout_seconds: int = Field(default=600, ge=1, le=86400, description="After this it has failed.")
    retries: int = Field(default=2, ge=0, le=10, description="How often it is run again when it fails.")


class CronJobSettings(JobSettings):
    """A command that runs at set times, never twice at once."""

    schedule: Annotated[str, AfterValidator(_schedule)] = Field(
        description="Minute, hour, day, month and weekday, or a word such as @daily."
    )
    time_zone: str = Field(
        default="Etc/UTC", pattern=r"^[A-Za-z_]+(/[A-Za-z0-9_+-]+)*$", description="Of the schedule."
    )


def _job_name(name: str) -> str:
    if not re.fullmatch(r"[a-z]([-a-z0-9]*[a-z0-9])?", name):
        raise SettingError(f"{name}: Kubernetes refuses such a name.", "Write lower-case letters, digits and hyphens.")
    if len(name) > NAME_LIMIT:
        raise SettingError(f"{name}: the names of its Jobs would be too long.", f"Use at most {NAME_LIMIT} characters.")
    return name


CronJobs = Mapping[Annotated[str, AfterValidator(_job_name)], CronJobSettings]
"""Jobs by name."""
