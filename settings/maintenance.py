"""When Google may upgrade the cluster."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, Field, model_validator

from settings.mistake import SettingError
from settings.model import Model

LEAST_HOURS = 48
"""GKE: maintenance must be possible for 48 hours in any 32 days, which hold each day of the week 4 times or more."""

FREEZES = 3
"""GKE: exclusions of scope NO_UPGRADES a cluster may have at once."""

LONGEST_FREEZE = timedelta(days=90)
"""GKE: how long an exclusion of scope NO_UPGRADES may last."""

FIRST_DAY = datetime(2026, 1, 1, tzinfo=UTC)
"""Where the recurrence begins: any day in the past, always the same so that nothing changes by itself."""

Day = Literal["MO", "TU", "WE", "TH", "FR", "SA", "SU"]


class Exclusion(Model):
    """A time without upgrades; security fixes of the control plane come nevertheless."""

    start: AwareDatetime = Field(description='First moment, quoted, such as "2026-11-20T00:00:00Z".')
    end: AwareDatetime = Field(description="Last moment, written likewise.")
    scope: Literal["NO_UPGRADES", "NO_MINOR_UPGRADES", "NO_MINOR_OR_NODE_UPGRADES"] = Field(
        default="NO_UPGRADES", description="What does not happen meanwhile."
    )

    @model_validator(mode="after")
    def _ordered(self) -> "Exclusion":
        if self.start >= self.end:
            raise SettingError("It ends before it begins, so it would exclude nothing.", "Write a later end.")
        if self.scope == "NO_UPGRADES" and self.end - self.start > LONGEST_FREEZE:
            raise SettingError(
                f"NO_UPGRADES lasts {(self.end - self.start).days} days: GKE takes at most {LONGEST_FREEZE.days}.",
                "Write an earlier end, or choose scope NO_MINOR_UPGRADES.",
            )
        return self


class MaintenanceSettings(Model):
    """The weekly window, and exceptions from it."""

    days: tuple[Day, ...] = Field(
        default=("SA", "SU"), json_schema_extra={"minItems": 1}, description="Days on which a window begins."
    )
    start: Annotated[str, Field(pattern="^([01][0-9]|2[0-3]):[0-5][0-9]$")] = Field(
        default="01:00", description="When it begins, in UTC."
    )
    hours: int = Field(default=6, ge=4, le=24, description="How long it lasts.")
    exclusions: Mapping[str, Exclusion] = Field(default={}, description="Name to time without upgrades.")

    @model_validator(mode="after")
    def _possible(self) -> "MaintenanceSettings":
        days = len(set(self.days))
        if 4 * days * self.hours < LEAST_HOURS:
            raise SettingError(
                f"{days} windows of {self.hours} hours a week are less than the {LEAST_HOURS} hours in 32 days "
                "that GKE demands.",
                "Add days or hours: together at least 12 hours a week.",
            )
        freezes = [name for name, each in self.exclusions.items() if each.scope == "NO_UPGRADES"]
        if len(freezes) > FREEZES:
            raise SettingError(
                f"{', '.join(freezes)}: GKE takes at most {FREEZES} exclusions of scope NO_UPGRADES.",
                "Remove past ones, or choose scope NO_MINOR_UPGRADES.",
            )
        return self

    @property
    def policy(self) -> dict[str, Any]:
        """As a GKE cluster's `maintenancePolicy` holds it."""
        hour, minute = map(int, self.start.split(":"))
        begin = FIRST_DAY.replace(hour=hour, minute=minute)
        return {
            "recurringWindow": {
                "startTime": _timestamp(begin),
                "endTime": _timestamp(begin + timedelta(hours=self.hours)),
                "recurrence": f"FREQ=WEEKLY;BYDAY={','.join(self.days)}",
            },
            "maintenanceExclusions": [
                {
                    "exclusionName": name,
                    "startTime": _timestamp(each.start),
                    "endTime": _timestamp(each.end),
                    "exclusionOptions": {"scope": each.scope},
                }
                for name, each in self.exclusions.items()
            ],
        }


def _timestamp(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
