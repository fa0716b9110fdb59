"""What a checker has to say, and what is put up with."""

from collections.abc import Collection
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

import yaml

EXCEPTIONS = Path(__file__).with_name("exceptions.yaml")


@dataclass(frozen=True)
class Finding:
    """`place` is `stack/Kind/name` of an object, or the path of a file from the top of the repository."""

    tool: str
    rule: str
    place: str
    message: str

    def __str__(self) -> str:
        return f"{self.tool} {self.rule} {self.place}: {self.message}"


@dataclass(frozen=True)
class Accepted:
    """Findings that are put up with: those of a rule at the places that match a pattern (`*` for anything)."""

    tool: str
    rule: str
    places: str
    reason: str

    def covers(self, finding: Finding) -> bool:
        same = (self.tool, self.rule) == (finding.tool, finding.rule)
        return same and fnmatchcase(finding.place, self.places)


def accepted() -> list[Accepted]:
    """Every exception there is."""
    return [Accepted(**each) for each in yaml.safe_load(EXCEPTIONS.read_text())]


def open_(findings: Collection[Finding], exceptions: Collection[Accepted]) -> list[str]:
    """The findings that no exception covers."""
    return sorted(str(each) for each in findings if not any(one.covers(each) for one in exceptions))


def unused(findings: Collection[Finding], exceptions: Collection[Accepted]) -> list[Accepted]:
    """The exceptions that cover nothing."""
    return [each for each in exceptions if not any(each.covers(finding) for finding in findings)]
