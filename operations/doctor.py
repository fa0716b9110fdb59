"""What would stop `up` in the cloud, and what would not work after it."""

import dataclasses
import json
import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from audit.session import CredentialsError, Get, UnreadableError, signed_in
from operations.domains import domains
from operations.finding import Finding, Level
from operations.google_api import Google
from operations.quota import quotas
from operations.resolver import Resolver, SystemResolver
from operations.services import services
from operations.tools import Run, run, tools
from settings.stack import Settings

REQUIREMENTS = Path(__file__).parents[1] / "requirements.txt"
DOCKER = Path(os.environ.get("DOCKER_CONFIG") or Path.home() / ".docker")


def findings(
    settings: Settings,
    sign_in: Callable[[], Get] = signed_in,
    resolver: Resolver | None = None,
    run: Run = run,
    requirements: Path = REQUIREMENTS,
    docker: Path = DOCKER,
) -> Iterator[Finding]:
    """All of them, in the order in which a person would mend them. Reads only."""
    yield from tools(settings, requirements, docker, run)
    try:
        google = Google(settings.google.project, sign_in())
    except CredentialsError as error:
        consequence = "Google Cloud can neither be asked nor changed; what it holds was not looked at."
        yield Finding("Google credentials", error.found, Level.stops, consequence, error.remedy)
        return
    yield Finding("Google credentials", "there")
    known = resolver or SystemResolver()
    looks: dict[str, Callable[[], Iterator[Finding]]] = {
        "Google's APIs": lambda: services(settings, google),
        "quotas": lambda: quotas(settings, google),
        "domains": lambda: domains(settings, google, known),
    }
    for about, look in looks.items():
        try:
            yield from look()
        except UnreadableError as error:
            yield Finding(
                about,
                str(error),
                Level.stops,
                f"The same sign-in could not create what the stack needs in {google.project}, or not see it.",
                "Correct google.project, enable the API that is named, or sign in as somebody with roles/editor on it.",
            )


def to_json(found: Sequence[Finding]) -> str:
    return json.dumps([dataclasses.asdict(each) for each in found], indent=2)


def to_text(found: Sequence[Finding]) -> str:
    """A line each, and under what is not ok what follows and what to do."""
    width = max(len(each.about) for each in found)
    lines: list[str] = []
    for each in found:
        lines.append(f"{each.level:<6} {each.about:<{width}}  {each.found}")
        lines += [f"{'':<6} {'':<{width}}  {text}" for text in (each.consequence, each.remedy) if text]
    stops = sum(each.level is Level.stops for each in found)
    lines.append(f"\n{stops} would stop `up`." if stops else "\nNothing would stop `up`.")
    return "\n".join(lines)
