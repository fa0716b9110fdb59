"""Where requests go, by their path."""

import re
from collections.abc import Iterator, Sequence
from typing import Annotated, Literal

from pydantic import AfterValidator, ConfigDict, Field

from settings.mistake import SettingError
from settings.model import Model
from settings.path_comparison import covered, shared_path
from settings.path_language import Language

PLAIN = r"/[A-Za-z0-9._/-]*"
"""What a path holds that means itself."""

BY_LENGTH = "ingress-nginx tries regular expressions by descending length, whatever their order"
"""Its documentation, "Ingress Path Matching", Path Priority."""


def _path(path: str) -> str:
    if not path.startswith("/") or re.search(r"\s", path):
        raise SettingError("No request has such a path.", "Write a path that begins with / and has no spaces.")
    return path


def _port(port: int | str) -> int | str:
    named = isinstance(port, str) and re.fullmatch(r"(?=.*[a-z])(?!.*--)[a-z0-9]([-a-z0-9]{0,13}[a-z0-9])?", port)
    if not named and not (isinstance(port, int) and 1 <= port <= 65535):
        raise SettingError(
            "No port of a Service has this number or name.",
            "Write 1 to 65535, or a name of at most 15 lower-case letters, digits and hyphens.",
        )
    return port


class Route(Model):
    """One path, and the Service behind it."""

    model_config = ConfigDict(populate_by_name=True)

    path: Annotated[str, AfterValidator(_path)] = Field(
        description="Begins with /. With regular expressions, what paths begin with."
    )
    path_type: Literal["ImplementationSpecific", "Prefix", "Exact"] = Field(
        default="ImplementationSpecific", description="As Kubernetes has it; regular expressions need the default."
    )
    service: str = Field(min_length=1, description="Name of the Service.")
    port: Annotated[int | str, AfterValidator(_port)] = Field(description="Number or name of the Service's port.")

    def language(self, *, regex: bool) -> Language:
        """The paths that it matches; `regex`: as ingress-nginx matches all paths of a host with `use-regex`.

        Raises SettingError when the path cannot be understood so.
        """
        if not re.fullmatch(PLAIN, self.path) and (not regex or self.path_type != "ImplementationSpecific"):
            raise SettingError(
                f"{self.path} is a regular expression, and ingress-nginx understands those with use_regex and pathType "
                "ImplementationSpecific only: no request would match.",
                "Turn use_regex on and leave pathType out, or write a plain path.",
            )
        try:
            if regex:
                return Language(self.path, ignore_case=True)
            if self.path_type == "Exact":
                return Language(f"{re.escape(self.path)}$")
            return Language(f"{re.escape(self.path.rstrip('/'))}(/|$)")
        except ValueError as error:
            raise SettingError(
                f"This is no regular expression that can be judged ({error}), so nobody could say what it takes.",
                "Write it with characters, classes, groups, | and repetitions alone.",
            ) from None


def check(routes: Sequence[Route], *, regex: bool) -> None:
    """Raises SettingError for the first of `refused_routes`."""
    for error in refused_routes("routes", routes, regex=regex):
        raise error


def refused_routes(key: str, routes: Sequence[Route], *, regex: bool) -> Iterator[SettingError]:
    """A mistake for each of the routes below `key` that no request reaches, or that gets requests meant for another.

    They are judged in the order in which ingress-nginx tries them. Regular expressions: by descending length, whatever
    order they are written in. Plain paths: an exact one goes before a prefix, a long prefix before a short one.
    """
    if not routes:
        yield SettingError("Without routes every request is answered with 404.", "List at least one route.", key)
    tried: list[tuple[int, Route, Language]] = []
    for index in _order(routes, regex=regex):
        try:
            tried.append((index, routes[index], routes[index].language(regex=regex)))
        except SettingError as error:
            yield SettingError(error.consequence, error.remedy, key, index, "path")
    for place, (index, route, language) in enumerate(tried):
        before = tried[:place]
        if before and covered(language, [each for _, _, each in before]):
            single = [taker for _, taker, each in before if covered(language, [each])]
            takers = single[:1] or [taker for _, taker, _ in before]
            yield _unreachable(route, takers, regex, key, index)
        elif regex:
            for other, taker, each in before:
                written_first = index < other and route.service != taker.service
                if written_first and not covered(each, [language]) and (path := shared_path(language, each)):
                    yield SettingError(
                        f"{path} matches {route.path} (to {route.service}), which is written first, and {taker.path} "
                        f"(to {taker.service}), which gets it, because {BY_LENGTH}.",
                        f"Write {taker.path} before {route.path} if {taker.service} shall answer, or else make "
                        f"{route.path} longer without a change of meaning, such as (.*) for .*.",
                        *(key, index, "path"),
                    )


def _order(routes: Sequence[Route], *, regex: bool) -> list[int]:
    """In which ingress-nginx tries them: sortLocations and createServers of its controller."""
    by_path = sorted(range(len(routes)), key=lambda index: routes[index].path, reverse=True)

    def length(index: int) -> tuple[bool, int]:
        return not regex and routes[index].path_type != "Exact", -len(routes[index].path)

    return sorted(by_path, key=length)


def _unreachable(route: Route, takers: Sequence[Route], regex: bool, *at: str | int) -> SettingError:
    named = " and ".join(f"{each.path} (to {each.service})" for each in takers)
    reason = BY_LENGTH if regex else "two routes have one path"
    remedy = (
        f"Make {route.path} longer than {takers[0].path} without a change of meaning, such as (.*) for .*, or let "
        f"{takers[0].path} match less."
        if regex
        else "Remove one of them."
    )
    taken = "takes" if len(takers) == 1 else "together take"
    return SettingError(
        f"No request reaches the route {route.path} (to {route.service}), because {reason}, and {named} {taken} every "
        "path of it.",
        remedy,
        *at,
        "path",
    )


Routes = tuple[Route, ...]
"""Routes of a stack file; a rule with `refused_routes` judges them together."""
