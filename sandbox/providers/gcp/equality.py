"""When two scalars mean the same to the published provider."""

from typing import Any

from sandbox.providers.values import UNKNOWN

ZERO = frozenset({"", "0", "false"})
"""Terraform's values of a property that has none, as text."""


def is_same(old: Any, new: Any, default: Any = None) -> bool:
    """No value is the default, or else zero; a name is the same as its URL."""
    one, other = (text(default if _is_unset(value) else value) for value in (old, new))
    if one == other or {one, other} <= ZERO:
        return True
    if "projects/" not in one or new == UNKNOWN:
        return False
    return short_name(one) == other if "/" not in other else _relative(one) == _relative(other)


def short_name(link: str) -> str:
    """The last segment of a resource's name or URL; any other text as it is."""
    return link.rpartition("/")[2] if "projects/" in link else link


def text(value: Any) -> str:
    """Terraform's spelling of a scalar."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _is_unset(value: Any) -> bool:
    return value is None or value == "" or str(value).endswith("_UNSPECIFIED")


def _relative(link: str) -> str:
    return link[link.index("projects/") :] if "projects/" in link else link
