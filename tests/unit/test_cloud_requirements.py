"""Whoever installs cloud-requirements.txt can start every program and command that the documentation names."""

import ast
import re
import sys
from collections.abc import Iterator
from importlib.metadata import packages_distributions, requires
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from tests.unit.recording import REPOSITORY

FILE = REPOSITORY / "cloud-requirements.txt"
COMMANDS = ("operations", "audit", "policy", "sandbox", "settings", "package", "components")
"""Packages at the root that documented commands run, or that programs import."""
PROGRAMS = (REPOSITORY, REPOSITORY / "bootstrap", *(path.parent for path in REPOSITORY.glob("examples/*/Pulumi.yaml")))


def normalized(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def listed(file: Path) -> Iterator[str]:
    """Distributions in a requirements file and in those that it names."""
    for line in file.read_text().splitlines():
        if line.startswith("-r "):
            yield from listed(file.parent / line.removeprefix("-r "))
        elif line and not line.startswith(("#", "-")):
            yield normalized(Requirement(line).name)


def installed(names: set[str]) -> set[str]:
    """These distributions and what they need, here."""
    found: set[str] = set()
    waiting = [*names]
    while waiting:
        if (name := waiting.pop()) not in found:
            found.add(name)
            needs = [Requirement(text) for text in requires(name) or ()]
            waiting += [normalized(need.name) for need in needs if not need.marker or need.marker.evaluate()]
    return found


def imported(source: Path) -> set[str]:
    """Top-level names that a module imports."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(source.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.partition(".")[0])
    return found


def missing(sources: list[Path], beside: set[str]) -> set[str]:
    """What these modules import that neither Python, nor the file, nor the programs' own directory has."""
    distributions, there = packages_distributions(), installed({*listed(FILE)})
    return {
        name
        for source in sources
        for name in imported(source) - sys.stdlib_module_names - beside
        if not there & {normalized(each) for each in distributions.get(name, ())}
    }


@pytest.fixture(scope="module")
def editable() -> set[str]:
    """Modules of the repository's own distribution, and packages of its root for `python -m`."""
    assert "-e ." in FILE.read_text().splitlines()
    return {*COMMANDS, *(path.stem for path in REPOSITORY.glob("*.py"))}


@pytest.mark.parametrize("package", COMMANDS)
def test_a_command_imports_nothing_that_is_not_installed(package: str, editable: set[str]) -> None:
    directory = REPOSITORY / package
    # A policy pack runs in its own directory.
    beside = {each.stem for each in directory.iterdir()}
    assert missing([*directory.rglob("*.py")], editable | beside) == set()


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda path: path.name)
def test_a_program_imports_nothing_that_is_not_installed(program: Path, editable: set[str]) -> None:
    sources = [*program.glob("*.py")]
    assert missing(sources, editable | {each.stem for each in sources}) == set()
