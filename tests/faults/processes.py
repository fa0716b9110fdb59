"""Processes and what they started."""

import subprocess
from pathlib import Path

from sandbox.process import started_at

Identity = tuple[int, str | None]
"""Process id and start, which tell a process from a later one of the same id."""


def descendants(pid: int) -> list[Identity]:
    """Everything that the process started, and that those started in turn."""
    listed = subprocess.run(["ps", "-eo", "pid=,ppid="], capture_output=True, text=True, check=True).stdout
    parents = {int(child): int(parent) for child, parent in map(str.split, listed.splitlines())}
    found, todo = list[Identity](), [pid]
    while todo:
        parent = todo.pop()
        children = [child for child, its_parent in parents.items() if its_parent == parent]
        found += [(child, started_at(child)) for child in children]
        todo += children
    return found


def running(processes: list[Identity]) -> list[int]:
    """Ids of those that have not ended."""
    return [pid for pid, start in processes if start is not None and started_at(pid) == start]


def command_line(pid: int) -> str:
    """Empty when it has ended."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")
    except (FileNotFoundError, ProcessLookupError):
        return ""
