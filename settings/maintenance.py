"""When Google may upgrade the cluster."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BeforeValidator, Field, Strict

from settings.mistake import SettingError
from settings.model import Model, rule

LEAST_HOURS = 48
"""GKE: maintenance must be possible for 48 hours in any 32 days, which hold each day of the week 4 times or more."""

FREEZES = 3
"""GKE: exclusions of scope NO_UPGRADES a cluster may have at once."""

LONGEST_FREEZE = timedelta(days=90)
"""GKE: how long an exclusion of scope NO_UPGRADES may last."""

FIRST_DAY = datetime(2026, 1, 1, tzinfo=UTC)
"""Where the recurrence begins: any day in the past, always the same so that nothing changes by itself."""

Day = Literal["MO", "TU", "WE", "TH", "FR", "SA", "SU"]


def _text(moment: object) -> object:
    if not isinstance(moment, str | datetime):
        raise SettingError("This is no moment.", 'Write it in quotes, such as "2026-11-20T00:00:00Z".')
    return moment


Moment = Annotated[AwareDatetime, Strict(False), BeforeValidator(_text)]
"""Written as text."""


class Exclusion(Model):
    """A time without upgrades; security fixes of the control plane come nevertheless."""

    start: Moment = Field(description='First moment, quoted, such as "2026-11-20T00:00:00Z".')
    end: Moment = Field(description="Last moment, written likewise.")
    scope: Literal["NO_UPGRADES", "NO_MINOR_UPGRADES", "NO_MINOR_OR_NODE_UPGRADES"] = Field(
        default="NO_UPGRADES", description="What does not happen meanwhile."
    )

    @rule
    def _validate_end(self) -> Iterator[SettingError]:
        if self.start >= self.end:
            yield SettingError("It ends before it begins, so it would exclude nothing.", "Write a later end.", "end")
        if self.scope == "NO_UPGRADES" and self.end - self.start > LONGEST_FREEZE:
            yield SettingError(
                f"NO_UPGRADES lasts {(self.end - self.start).days} days: GKE takes at most {LONGEST_FREEZE.days}.",
                "Write an earlier end, or choose scope NO_MINOR_UPGRADES.",
                "end",
            )


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

    @rule
    def _validate_hours_a_week(self) -> Iterator[SettingError]:
        days = len(set(self.days))
        if 4 * days * self.hours < LEAST_HOURS:
            yield SettingError(
                f"{days} windows of {self.hours} hours a week are less than the {LEAST_HOURS} hours in 32 days "
                "that GKE demands.",
                "Add days or hours: together at least 12 hours a week.",
                "days",
            )

    @rule
    def _validate_number_of_exclusions(self) -> Iterator[SettingError]:
        freezes = [name for name, each in self.exclusions.items() if each.scope == "NO_UPGRADES"]
        if len(freezes) > FREEZES:
            yield SettingError(
                f"{', '.join(freezes)}: GKE takes at most {FREEZES} exclusions of scope NO_UPGRADES.",
                "Remove past ones, or choose scope NO_MINOR_UPGRADES.",
                "exclusions",
            )

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
