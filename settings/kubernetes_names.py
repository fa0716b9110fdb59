"""Names and values that Kubernetes' own rules decide on."""

import re
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from pydantic import AfterValidator

from settings.mistake import SettingError

LABEL = r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?"
"""RFC 1123, DNS label: names of namespaces."""

SUBDOMAIN = rf"(?=.{{1,253}}$){LABEL}(\.{LABEL})*"
"""RFC 1123, DNS subdomain: names of most objects."""


def is_subdomain(text: str) -> bool:
    return re.fullmatch(SUBDOMAIN, text) is not None


def _namespace(name: str) -> str:
    if not re.fullmatch(LABEL, name):
        raise SettingError(
            "No namespace can have this name.", "Write at most 63 lower-case letters, digits and inner hyphens."
        )
    return name


def _object(name: str) -> str:
    if not is_subdomain(name):
        raise SettingError(
            "No Kubernetes object can have this name, so the reference would dangle.",
            "Write its name in lower-case letters, digits, inner hyphens and dots.",
        )
    return name


def _time_zone(name: str) -> str:
    from difflib import get_close_matches

    try:
        if name.startswith(("posix", "right/")) or name in ("Local", "localtime"):
            raise ValueError(name)
        ZoneInfo(name)
    except (ValueError, OSError, ZoneInfoNotFoundError):
        close = get_close_matches(name, available_timezones(), n=1)
        raise SettingError(
            "There is no such time zone, so Kubernetes would refuse the CronJob.",
            f"Write one of IANA's names, such as {close[0] if close else 'Europe/Berlin'}.",
        ) from None
    return name


NamespaceName = Annotated[str, AfterValidator(_namespace)]
ExistingObject = Annotated[str, AfterValidator(_object)]
"""Name of an object that exists already."""

TimeZone = Annotated[str, AfterValidator(_time_zone)]
"""IANA's name of a time zone."""
