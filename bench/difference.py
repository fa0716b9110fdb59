"""The offline diff that every pull request waits for."""

import subprocess
import sys
import time
from pathlib import Path

from bench.row import Row, medians

REPOSITORY = Path(__file__).resolve().parents[1]
RUNS = 5


def rows() -> list[Row]:
    """Both revisions of all stacks are evaluated, also where they do not differ."""
    (seconds,) = medians([_diff], RUNS)
    return [Row("offline diff of all stacks", seconds, "allowed", 5, "s", 1)]


def _diff() -> float:
    start = time.perf_counter()
    command = [sys.executable, "-m", "sandbox", "diff", "--base", "HEAD", "--stack", "all", "--allow", "all"]
    subprocess.run(command, cwd=REPOSITORY, capture_output=True, check=True)
    return time.perf_counter() - start
