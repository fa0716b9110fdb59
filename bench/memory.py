"""Memory at its peak: of the program, and of the sandbox that runs."""

import os
import re
import subprocess
from pathlib import Path

from bench import evaluation
from bench.row import Row
from bench.sandbox_command import seconds, status

REPOSITORY = evaluation.REPOSITORY
ALLOWED = 2048
"""Megabytes that the sandbox's processes may take together: half of what a small virtual machine has."""


def rows() -> list[Row]:
    """Needs root; leaves the sandbox as running as it was after `up`."""
    seconds("up")
    sandbox = sum(_peak(pid) for pid in status()["processes"].values() if pid)
    ours, template = (_child(directory) for directory in (REPOSITORY, evaluation.PROGRAMS / "template"))
    return [
        Row("memory of the program", ours, "Pulumi's kubernetes-gcp-python", template, "MB", 1),
        Row("memory of the sandbox", sandbox, "allowed", ALLOWED, "MB", 1),
    ]


def _peak(pid: int) -> float:
    """Megabytes that were resident at most; pods are not among a sandbox's processes."""
    found = re.search(r"^VmHWM:\s+(\d+) kB$", Path(f"/proc/{pid}/status").read_text(), re.MULTILINE)
    return int(found[1]) / 1024 if found else 0.0


def _child(directory: Path) -> float:
    """Megabytes of the evaluation of a program."""
    command, environment = evaluation.command(directory)
    process = subprocess.Popen(command, cwd=REPOSITORY, env=environment, stdout=subprocess.DEVNULL)
    _, code, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(code)
    assert process.returncode == 0, directory
    return used.ru_maxrss / 1024
