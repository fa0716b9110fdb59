"""What the published provider demands of several inputs together, as Terraform's schema has it."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from sandbox.providers.values import UNKNOWN

Constraint = Callable[[Mapping[str, Any]], Iterator[tuple[str, str]]]
"""Property path and what is wrong there, for the inputs of a resource."""


def conflict(path: str, *others: str) -> Constraint:
    """A property that cannot be given beside any of the others."""

    def check(inputs: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
        for other in others:
            if _is_given(inputs, path) and _is_given(inputs, other):
                yield path, f"it conflicts with {other}, so that neither would be applied. Remove one of them"

    return check


def exactly_one_of(*paths: str) -> Constraint:
    """Properties of one parent of which one must be given, and only one, as soon as there is a parent."""

    def check(inputs: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
        given = [path for path in paths if _is_given(inputs, path)]
        if len(given) > 1:
            yield (
                given[0],
                f"only one of {', '.join(paths)} can be given, and {', '.join(given)} are. Remove the others",
            )
        elif not given and _has_parent(inputs, paths[0]):
            yield paths[0], f"one of {', '.join(paths)} must be given. Add one"

    return check


def at_least_one_of(*paths: str) -> Constraint:
    """Properties of one parent, or all that it has (`*`), of which one must be given as soon as there is a parent."""

    def check(inputs: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
        if _has_parent(inputs, paths[0]) and not any(_is_given(inputs, path) for path in paths):
            yield paths[0].rpartition(".")[0], f"one of {', '.join(paths)} must be given. Add one, or remove the parent"

    return check


def custom_features(inputs: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """An SSL policy's profile and its features."""
    profile, features = inputs.get("profile", "COMPATIBLE"), inputs.get("customFeatures")
    if UNKNOWN in (profile, features):
        return
    if profile == "CUSTOM" and not features:
        yield (
            "customFeatures",
            "the profile is set to CUSTOM but no customFeatures are set. Set some, or another profile",
        )
    if profile != "CUSTOM" and features:
        yield (
            "customFeatures",
            f"the profile is set to {profile} but using customFeatures requires the profile to be CUSTOM. Remove them, "
            "or set profile to CUSTOM",
        )


def _is_given(inputs: Mapping[str, Any], path: str) -> bool:
    """Whether the property has a value, also one that is not known yet."""
    value: Any = inputs
    for name in path.split("."):
        if not isinstance(value, Mapping):
            return False
        value = value.get(name) if name != "*" else value or None
    return value is not None


def _has_parent(inputs: Mapping[str, Any], path: str) -> bool:
    """Whether what holds the property is there and known."""
    value: Any = inputs
    for name in path.split(".")[:-1]:
        value = value.get(name) if isinstance(value, Mapping) else None
    return isinstance(value, Mapping)
