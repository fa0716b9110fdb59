"""Schedules and time zones are read as Kubernetes reads them."""

import pytest

from settings.cron import schedule
from settings.job import CronJobSettings
from settings.mistake import SettingError


@pytest.mark.parametrize(
    "text",
    [
        "@midnight",
        "@hourly",
        "@annually",
        "@every 90m",
        "@every 1h30m",
        "30 4 * * 1-5",
        "*/10 0,12 1 JAN-MAR MON",
        "0  3 * * *",
        "0 0 29 2 *",
        "0 0 ? * sun",
        "5/15 * * * *",
        "0 0 31 4,5 *",
        "0 0 31 4 1",
        "59 23 31 12 6",
    ],
)
def test_a_schedule_of_kubernetes_is_accepted(text: str) -> None:
    assert schedule(text) == text


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("0 3 * * 7", "weekday 7: it goes from 0 to 6. Sunday is 0"),
        ("0 3 * * sat-sun", "sat comes after sun"),
        ("60 25 32 13 9", "minute 60: it goes from 0 to 59"),
        ("0 24 * * *", "hour 24"),
        ("0 0 0 * *", "day of the month 0"),
        ("0 0 1 13 *", "month 13"),
        ("foo bar baz qux quux", "minute foo: foo is none"),
        ("*/0 * * * *", "0 is no step"),
        ("1-2-3 * * * *", "2-3 is none"),
        ("* * * *", "4 fields"),
        ("0 0 3 * * *", "6 fields"),
        ("@reboot", "@midnight"),
        ("@every day", "@every 90m"),
        ("@Daily", "@daily"),
        ("TZ=Europe/Berlin 0 3 * * *", "State it as timeZone"),
        ("0 0 30 2 *", "never run"),
        ("0 0 31 4,6 *", "never run"),
        ("", "0 fields"),
    ],
)
def test_what_kubernetes_refuses_or_what_never_comes_is_refused(text: str, words: str) -> None:
    with pytest.raises(SettingError, match=r"Write|State") as error:
        schedule(text)
    assert words in str(error.value)


@pytest.mark.parametrize("name", ["Europe/Berlin", "America/Argentina/Buenos_Aires", "Etc/GMT+5", "UTC"])
def test_a_time_zone_of_iana_is_accepted(name: str) -> None:
    stated = {"command": ("report",), "schedule": "@daily", "timeZone": name}
    assert CronJobSettings.model_validate(stated).time_zone == name


@pytest.mark.parametrize("name", ["Europe/Berln", "Local", "", "../etc/passwd", "posix/Europe/Berlin", "CEST+2"])
def test_any_other_time_zone_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="such as"):
        CronJobSettings.model_validate({"command": ("report",), "schedule": "@daily", "timeZone": name})
