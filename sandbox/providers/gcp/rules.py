"""What the published provider, or Google's API, accepts as the value of a property."""

import math
import re
from collections.abc import Callable
from ipaddress import IPv4Network, ip_interface, ip_network
from typing import Any

from sandbox.providers.values import UNKNOWN

Rule = Callable[[Any], str | None]
"""What is wrong with a value, as the end of the sentence "`value` ..."; None when all is well."""


def pattern(expression: str, meaning: str) -> Rule:
    """A text that matches as a whole."""

    def judge(value: Any) -> str | None:
        matches = isinstance(value, str) and re.fullmatch(expression, value)
        return None if matches else f"is no {meaning}"

    return judge


def one_of(*choices: str) -> Rule:
    """One of a few words."""

    def judge(value: Any) -> str | None:
        return None if value in choices else f"is not one of {', '.join(choices)}"

    return judge


def only(*choices: str) -> Rule:
    """A few words of many that Google knows: the others are not simulated."""

    def judge(value: Any) -> str | None:
        return None if value in choices else f"is not simulated here: the sandbox knows {', '.join(choices)}"

    return judge


def all_of(*choices: str) -> Rule:
    """A list of a few words."""
    single = one_of(*choices)

    def judge(value: Any) -> str | None:
        return next((wrong for item in value if item != UNKNOWN and (wrong := single(item))), None)

    return judge


def not_empty(value: Any) -> str | None:
    """A list of one or more elements."""
    return None if value else "is empty, and needs one element or more"


def between(least: int, most: float = math.inf) -> Rule:
    """A number from `least` to `most`, both included; what is no number is not its concern."""

    def judge(value: Any) -> str | None:
        inside = not isinstance(value, int | float) or least <= value <= most
        return None if inside else f"is not between {least} and {most}"

    return judge


def name(longest: int = 63) -> Rule:
    """A resource name by RFC 1035: at most `longest` characters."""
    return pattern(
        f"[a-z]([-a-z0-9]{{0,{longest - 2}}}[a-z0-9])?",
        f"name that Google accepts (at most {longest} lower-case letters, digits and hyphens, "
        "starting with a letter and not ending with a hyphen)",
    )


def address_range(value: Any) -> str | None:
    """A range in CIDR notation, also one with host bits."""
    return None if "/" in str(value) and not _fails(ip_interface, value) else "is no range such as 10.0.0.0/20"


def strict_range(value: Any) -> str | None:
    """A range in CIDR notation without host bits."""
    return _fails(ip_network, value) if "/" in str(value) else "is no range such as 10.0.0.0/20"


def network(value: Any) -> str | None:
    """An IPv4 range without host bits."""
    return _fails(IPv4Network, value)


def shrinks(old: Any, new: Any) -> bool:
    """Whether an IPv4 range becomes one that does not hold all of it."""
    return bool(network(old) or network(new)) or not IPv4Network(old).subnet_of(IPv4Network(new))


def is_switched_off(old: Any, new: Any) -> bool:
    """Whether what was on is on no more."""
    return old in (True, "true") and new not in (True, "true")


def loses_element(old: Any, new: Any) -> bool:
    """Whether an element of a list is gone."""
    return not set(old or ()) <= set(new or ())


def _fails(parse: Callable[[Any], object], value: Any) -> str | None:
    try:
        parse(value)
    except ValueError as error:
        return f"is no range ({error})"
    return None


project = pattern(
    "([a-z0-9.-]+:)?[a-z][-a-z0-9]{4,28}[a-z0-9]",
    "project id (6 to 30 lower-case letters, digits and hyphens, starting with a letter)",
)
region = pattern(r"[a-z]+-[a-z]+\d+", "region, such as europe-west1")
location = pattern(r"[a-z]+-[a-z]+\d+(-[a-z])?", "region or zone, such as europe-west1 or europe-west1-b")
registry_location = pattern(r"[a-z]+(-[a-z]+\d+)?", "region or multi-region, such as europe-west1 or europe")
record_name = pattern(r".+\.", "DNS name ending with a dot")
dns_name = pattern(r"([a-zA-Z0-9_*]([-a-zA-Z0-9_]*[a-zA-Z0-9])?\.)+", "DNS name ending with a dot")
host_name = pattern(
    r"(\*\.)?([a-z0-9]([-a-z0-9]*[a-z0-9])?\.)+[a-z]([-a-z0-9]*[a-z0-9])", "host name, such as www.example.com"
)
timestamp = pattern(
    r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)",
    "time such as 2026-01-01T00:00:00Z or 2026-01-01T00:00:00+01:00",
)
time_of_day = pattern(r"([01]\d|2[0-3]):[0-5]\d", "time of the day, such as 03:00")
role = pattern(r"roles/[\w.]+|(projects|organizations)/[^/]+/roles/[\w.]+", "role, such as roles/viewer")
any_member = pattern(
    r"(?!deleted).*(.+:.+|projectOwners|projectReaders|projectWriters|allUsers|allAuthenticatedUsers).*",
    "member, such as serviceAccount:name@project.iam.gserviceaccount.com",
)
"""As the provider checks it."""
member = pattern(
    r"allUsers|allAuthenticatedUsers|(user|group|serviceAccount|domain):\S+|(principal|principalSet)://\S+",
    "member, such as serviceAccount:name@project.iam.gserviceaccount.com",
)
"""As Google's API checks it."""
