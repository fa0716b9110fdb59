"""Looking at properties by their path, such as `masterAuth.clientCertificateConfig`."""

from collections.abc import Callable, Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Any

from .rule import UNKNOWN, Config, Finding

Check = Callable[[Mapping[str, Any], Config], Iterator[Finding]]


def at(properties: Any, path: str) -> Any:
    """The value at a path; None where anything on the way is missing, UNKNOWN where it is not known yet."""
    value = properties
    for key in path.split("."):
        if value == UNKNOWN:
            return UNKNOWN
        value = value.get(key) if isinstance(value, Mapping) else None
    return value


def items(properties: Any, path: str) -> list[Any]:
    """The list at a path; empty when there is none, or it is not known yet."""
    value = at(properties, path)
    return list(value) if isinstance(value, list) else []


def annotation(properties: Any, name: str) -> Any:
    """The value of an annotation, whose name may have dots in it."""
    annotations = at(properties, "metadata.annotations")
    return annotations.get(name) if isinstance(annotations, Mapping) else annotations


def same(one: Any, other: Any) -> bool:
    """Whether two values are equal, or may turn out to be."""
    return UNKNOWN in (one, other) or one == other


def is_stated(name: str, config: Config) -> bool:
    """Whether one of the patterns under a rule's setting `stated` names it, which exempts it."""
    return any(fnmatchcase(name, pattern) for pattern in config["stated"])


def must_be(path: str, *accepted: Any) -> Check:
    """The value at the path is one of these; None: it may be missing."""

    def check(properties: Mapping[str, Any], _config: Config) -> Iterator[Finding]:
        value = at(properties, path)
        if value not in accepted and value != UNKNOWN:
            yield Finding(path, value)

    return check


def must_be_stated(path: str) -> Check:
    """There is a value at the path, whichever."""

    def check(properties: Mapping[str, Any], _config: Config) -> Iterator[Finding]:
        if at(properties, path) in (None, "", {}):
            yield Finding(path)

    return check
