"""What Google accepts as the value of a property."""

import re
from collections.abc import Callable
from ipaddress import IPv4Network
from typing import Any

Rule = Callable[[Any], str | None]
"""What is wrong with a value, as the end of the sentence "`value` ..."; None when all is well."""


def pattern(expression: str, meaning: str) -> Rule:
    """A text that matches as a whole."""
    compiled = re.compile(expression)

    def judge(value: Any) -> str | None:
        matches = isinstance(value, str) and compiled.fullmatch(value)
        return None if matches else f"is no {meaning}"

    return judge


def one_of(*choices: str) -> Rule:
    """One of a few words."""

    def judge(value: Any) -> str | None:
        return None if value in choices else f"is not one of {', '.join(choices)}"

    return judge


def name(longest: int = 63) -> Rule:
    """A resource name by RFC 1035: at most `longest` characters."""
    return pattern(
        f"[a-z]([-a-z0-9]{{0,{longest - 2}}}[a-z0-9])?",
        f"name that Google accepts (at most {longest} lower-case letters, digits and hyphens, "
        "starting with a letter and not ending with a hyphen)",
    )


def network(value: Any) -> str | None:
    """An IPv4 range without host bits."""
    try:
        IPv4Network(value)
    except ValueError as error:
        return f"is no IPv4 range ({error})"
    return None


def contains(one: Any, other: Any) -> bool:
    """Whether an IPv4 range holds all of another one; not when either is none."""
    return not (network(one) or network(other)) and IPv4Network(other).subnet_of(IPv4Network(one))


project = pattern(
    "([a-z0-9.-]+:)?[a-z][-a-z0-9]{4,28}[a-z0-9]",
    "project id (6 to 30 lower-case letters, digits and hyphens, starting with a letter)",
)
region = pattern(r"[a-z]+-[a-z]+\d+", "region, such as europe-west1")
location = pattern(r"[a-z]+-[a-z]+\d+(-[a-z])?", "region or zone, such as europe-west1 or europe-west1-b")
registry_location = pattern(r"[a-z]+(-[a-z]+\d+)?", "region or multi-region, such as europe-west1 or europe")
dns_name = pattern(r"([a-zA-Z0-9_*]([-a-zA-Z0-9_]*[a-zA-Z0-9])?\.)+", "DNS name ending with a dot")
host_name = pattern(
    r"(\*\.)?([a-z0-9]([-a-z0-9]*[a-z0-9])?\.)+[a-z]([-a-z0-9]*[a-z0-9])", "host name, such as www.example.com"
)
timestamp = pattern(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", "time in UTC, such as 2026-01-01T00:00:00Z")
role = pattern(r"roles/[\w.]+|(projects|organizations)/[^/]+/roles/[\w.]+", "role, such as roles/viewer")
member = pattern(
    r"allUsers|allAuthenticatedUsers|(user|group|serviceAccount|domain):\S+|(principal|principalSet)://\S+",
    "member, such as serviceAccount:name@project.iam.gserviceaccount.com",
)
