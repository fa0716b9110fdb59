"""Where requests go, by their path."""

import re
from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import AfterValidator, ConfigDict, Field, field_validator

from settings.mistake import SettingError
from settings.model import Model
from settings.path_language import Language, covered

PLAIN = r"/[A-Za-z0-9._/-]*"
"""What a path holds that means itself."""

WRITTEN = "the first route that matches wins, as they are written"
LONGEST = "ingress-nginx tries regular expressions by descending length, whatever their order"
"""Its documentation, "Ingress Path Matching", Path Priority."""


class Route(Model):
    """One path, and the Service behind it."""

    model_config = ConfigDict(populate_by_name=True)

    path: str = Field(description="Begins with /. With regular expressions, what paths begin with.")
    path_type: Literal["ImplementationSpecific", "Prefix", "Exact"] = Field(
        default="ImplementationSpecific", description="As Kubernetes has it; regular expressions need the default."
    )
    service: str = Field(min_length=1, description="Name of the Service.")
    port: int | str = Field(description="Number or name of the Service's port.")

    @field_validator("path")
    @classmethod
    def _absolute(cls, path: str) -> str:
        if not path.startswith("/") or re.search(r"\s", path):
            raise SettingError("No request has such a path.", "Write a path that begins with / and has no spaces.")
        return path

    @field_validator("port")
    @classmethod
    def _possible(cls, port: int | str) -> int | str:
        named = isinstance(port, str) and re.fullmatch(r"(?=.*[a-z])(?!.*--)[a-z0-9]([-a-z0-9]{0,13}[a-z0-9])?", port)
        if not named and not (isinstance(port, int) and 1 <= port <= 65535):
            raise SettingError(
                "No port of a Service has this number or name.",
                "Write 1 to 65535, or a name of at most 15 lower-case letters, digits and hyphens.",
            )
        return port

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
    """Raises SettingError for a route that no request can reach, because others take every path of it.

    Regular expressions are judged by both readings of their order: as written, and as ingress-nginx sorts them. Plain
    paths have no order: an exact one goes before a prefix, a long prefix before a short one.
    """
    if not routes:
        raise SettingError("Without routes every request is answered with 404.", "List at least one route.")
    languages = {id(route): route.language(regex=regex) for route in routes}
    by_path = sorted(routes, key=lambda route: route.path, reverse=True)
    by_length = sorted(by_path, key=lambda route: (not regex and route.path_type != "Exact", -len(route.path)))
    for order, reason in ((routes, WRITTEN), (by_length, LONGEST))[not regex :]:
        for place, route in enumerate(order):
            before = order[:place]
            if before and covered(languages[id(route)], [languages[id(each)] for each in before]):
                single = [each for each in before if covered(languages[id(route)], [languages[id(each)]])]
                _refuse(route, single[:1] or before, reason if regex else "two routes have one path")


def _refuse(route: Route, takers: Sequence[Route], reason: str) -> None:
    named = " and ".join(f"{each.path} (to {each.service})" for each in takers)
    remedy = {
        WRITTEN: f"Move {route.path} before {takers[0].path}, or remove it.",
        LONGEST: f"Make {route.path} longer than {takers[0].path} without a change of meaning, such as (.*) for .*, "
        f"or let {takers[0].path} match less.",
    }
    taken = "takes" if len(takers) == 1 else "together take"
    raise SettingError(
        f"No request reaches the route {route.path} (to {route.service}), because {reason}, and {named} "
        f"{taken} every path of it.",
        remedy.get(reason, "Remove one of them."),
    )


def _distinct_by_regex(routes: tuple[Route, ...]) -> tuple[Route, ...]:
    check(routes, regex=True)
    return routes


def _distinct(routes: tuple[Route, ...]) -> tuple[Route, ...]:
    check(routes, regex=False)
    return routes


RegexRoutes = Annotated[tuple[Route, ...], AfterValidator(_distinct_by_regex)]
"""Routes of a stack file whose paths are regular expressions; none is shadowed."""

Routes = Annotated[tuple[Route, ...], AfterValidator(_distinct)]
"""Routes of a stack file whose paths are plain; none is there twice."""
