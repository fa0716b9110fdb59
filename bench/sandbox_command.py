"""Commands of the sandbox, in this repository."""

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).resolve().parents[1]


def seconds(*arguments: str) -> float:
    """How long `python -m sandbox ARGUMENTS` takes, which must end well."""
    start = time.perf_counter()
    _run(*arguments)
    return time.perf_counter() - start


def status() -> dict[str, Any]:
    """What `python -m sandbox status --json` says of the dev stack."""
    return json.loads(_run("status", "--json"))


def _run(*arguments: str) -> bytes:
    command = [sys.executable, "-m", "sandbox", *arguments]
    return subprocess.run(command, cwd=REPOSITORY, capture_output=True, check=True).stdout
