"""Schedules of CronJobs, read as Kubernetes reads them (robfig/cron v3, ParseStandard)."""

import re
from collections.abc import Mapping
from typing import NamedTuple

from settings.mistake import SettingError


class _Field(NamedTuple):
    name: str
    least: int
    most: int
    words: Mapping[str, int] = {}


_MONTHS = {
    word: number
    for number, word in enumerate(
        ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"], 1
    )
}
_DAYS = {word: number for number, word in enumerate(["sun", "mon", "tue", "wed", "thu", "fri", "sat"])}
_FIELDS = (
    _Field("minute", 0, 59),
    _Field("hour", 0, 23),
    _Field("day of the month", 1, 31),
    _Field("month", 1, 12, _MONTHS),
    _Field("weekday", 0, 6, _DAYS),
)
_WORDS = ("@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly")
_DURATION = re.compile(r"(?=.*[1-9])([0-9]+(\.[0-9]*)?(ns|us|µs|ms|s|m|h))+")
"""Of Go's time.ParseDuration, and longer than nothing."""

_LENGTHS = {month: 29 if month == 2 else 30 if month in (4, 6, 9, 11) else 31 for month in range(1, 13)}
_EXAMPLE = 'Write minute, hour, day, month and weekday, such as "30 4 * * 1-5", or a word such as @daily.'


def schedule(text: str) -> str:
    """The text itself. Raises SettingError for what Kubernetes would refuse, or what never comes."""
    if text.startswith(("TZ=", "CRON_TZ=")):
        raise SettingError("Kubernetes refuses a time zone within a schedule.", "State it as timeZone.")
    if text.startswith("@"):
        every, _, duration = text.partition(" ")
        if text not in _WORDS and not (every == "@every" and _DURATION.fullmatch(duration)):
            raise SettingError(
                "Kubernetes cannot tell when this is.",
                f"Write one of {', '.join(_WORDS)}, or `@every 90m`, or minute, hour, day, month and weekday.",
            )
        return text
    parts = text.split()
    if len(parts) != len(_FIELDS):
        raise SettingError(f"Kubernetes cannot tell when this is: it has {len(parts)} fields, not 5.", _EXAMPLE)
    _, _, days, months, weekdays = (_values(field, part) for field, part in zip(_FIELDS, parts, strict=True))
    any_weekday = parts[4].startswith(("*", "?"))
    if weekdays and any_weekday and min(days) > max(_LENGTHS[month] for month in months):
        raise SettingError("None of these months has such a day, so it would never run.", _EXAMPLE)
    return text


def _values(field: _Field, text: str) -> set[int]:
    values: set[int] = set()
    for part in text.split(","):
        values |= _range(field, part)
    return values


def _range(field: _Field, part: str) -> set[int]:
    span, slash, step = part.partition("/")
    first, dash, last = span.partition("-")
    if first in ("*", "?") and not dash:
        low, high = field.least, field.most
    else:
        low = _number(field, first, part)
        high = _number(field, last, part) if dash else field.most if slash else low
    if slash and not (re.fullmatch("[0-9]+", step) and int(step) > 0):
        raise _refusal(field, part, f"{step or 'nothing'} is no step")
    if low < field.least or high > field.most:
        raise _refusal(field, part, f"it goes from {field.least} to {field.most}")
    if low > high:
        raise _refusal(field, part, f"{first} comes after {last}")
    return {*range(low, high + 1, int(step) if slash else 1)}


def _number(field: _Field, text: str, part: str) -> int:
    if text.lower() in field.words:
        return field.words[text.lower()]
    if not re.fullmatch("[0-9]+", text):
        raise _refusal(field, part, f"{text or 'nothing'} is none")
    return int(text)


def _refusal(field: _Field, part: str, reason: str) -> SettingError:
    sunday = " Sunday is 0." if field.name == "weekday" else ""
    return SettingError(f"Kubernetes refuses the {field.name} {part}: {reason}.{sunday}", _EXAMPLE)
