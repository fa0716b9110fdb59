"""What is mounted where."""

import re
import subprocess
from pathlib import Path


def below(directory: Path, table: str | None = None) -> list[Path]:
    """Mount points inside `directory`, the latest first, which is an order to unmount them in."""
    directory = directory.resolve()
    return [point for point, _ in reversed(_mounted(table)) if directory in point.parents]


def file_system(path: Path, table: str | None = None) -> str:
    """Type of the file system that holds `path`, such as `ext4`."""
    path = path.resolve()
    holding = [(point, kind) for point, kind in _mounted(table) if point == path or point in path.parents]
    return max(holding, key=lambda entry: len(entry[0].parts))[1]


def existing(path: Path) -> Path:
    """`path`, or of the directories above it the nearest that exists."""
    return next(parent for parent in (path, *path.parents) if parent.exists())


def unmount(points: list[Path]) -> None:
    """Let go of them, whoever still looks at one."""
    if points:
        subprocess.run(["umount", "--lazy", *points], capture_output=True, check=False)


def _mounted(table: str | None) -> list[tuple[Path, str]]:
    """(mount point, type) of each line of /proc/self/mounts, oldest first."""
    lines = (table if table is not None else Path("/proc/self/mounts").read_text()).splitlines()
    fields = (line.split(" ") for line in lines)
    return [(Path(_unescaped(point)), kind) for _, point, kind, *_ in fields]


def _unescaped(text: str) -> str:
    """The kernel writes blanks and backslashes as octal numbers."""
    return re.sub(r"\\([0-7]{3})", lambda match: chr(int(match[1], 8)), text)
