"""A command of the sandbox, timed."""

import subprocess
import sys
import time
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[1]


def seconds(*arguments: str) -> float:
    """How long `python -m sandbox ARGUMENTS` takes, which must end well."""
    start = time.perf_counter()
    subprocess.run([sys.executable, "-m", "sandbox", *arguments], cwd=REPOSITORY, capture_output=True, check=True)
    return time.perf_counter() - start
