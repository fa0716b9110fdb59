"""Routes that a Gateway of GKE can express."""

import re
from collections.abc import Iterator, Sequence

from settings import route
from settings.mistake import SettingError
from settings.route import PLAIN, Route

PATH_TYPES = {"Prefix": "PathPrefix", "Exact": "Exact"}
"""An Ingress's path types, and those of an HTTPRoute that mean the same."""


def check(routes: Sequence[Route]) -> None:
    """Raises SettingError for the first of `refused_routes`."""
    for error in refused_routes("routes", routes):
        raise error


def refused_routes(key: str, routes: Sequence[Route]) -> Iterator[SettingError]:
    """A mistake for each of the routes below `key` that a Gateway of GKE would refuse, or that no request reaches.

    GKE, "GatewayClass capabilities": paths are compared as a whole or with a prefix of whole segments, case counts, and
    there are no regular expressions. An HTTPRoute names ports by number.
    """
    inexpressible: set[int] = set()
    for index, each in enumerate(routes):
        if each.path_type not in PATH_TYPES or not re.fullmatch(PLAIN, each.path):
            inexpressible.add(index)
            yield SettingError(
                "A Gateway of GKE compares a path as a whole or by a prefix of whole segments, and knows no regular "
                f"expressions: it cannot express {each.path} (to {each.service}).",
                "Write a plain path with `pathType: Prefix` or `pathType: Exact`, or remove the route. A wildcard in "
                "the middle, as in /tours/.*/reviews, has no such form.",
                *(key, index, "path"),
            )
        if isinstance(each.port, str):
            yield SettingError(
                "An HTTPRoute names ports by number, so Kubernetes would refuse it.",
                "Write the number of the Service's port.",
                *(key, index, "port"),
            )
    for error in route.refused_routes(key, routes, regex=False):
        if not inexpressible.intersection(error.at):
            yield error
