"""The stacks of the programs in examples/, recorded."""

from functools import cache
from pathlib import Path
from typing import Any

from tests.unit.projects import DIRECTORIES, Stack, record
from tests.unit.recording import REPOSITORY, Recording

SYSTEMS = [directory.name for directory in DIRECTORIES if directory != REPOSITORY]


def directory(system: str) -> Path:
    return REPOSITORY / "examples" / system


def recorded(system: str, stack: str = "dev", **config: Any) -> Recording:
    """A stack with other values of keys, which are those of the project's own namespace."""
    return record(Stack(directory(system), stack), {f"{system}:{key}": value for key, value in config.items()})


deployed = cache(recorded)
"""A stack as it is."""
