"""A command that is killed at a chosen entry of its journal."""

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from tests.e2e.conftest import Checkout

STEP = 0.002
"""Seconds between looks at the journal."""


def state(checkout: Checkout) -> Path:
    """The dev stack's state file."""
    return checkout.home / "state" / "gke-webapp" / "dev.json"


def interrupted(checkout: Checkout, command: str, after: int) -> set[str] | None:
    """Kill `python -m sandbox COMMAND` once its journal has `after` entries.

    Returns the names of the resources that were being worked on; None when the command ended before, and well.
    """
    journal = state(checkout).with_suffix(".journal")
    assert not journal.exists(), "an earlier interruption was not taken up"
    with tempfile.TemporaryFile("w+") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "sandbox", command, "--engine", "embedded"],
            cwd=checkout.directory,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        while process.poll() is None and len(entries(journal)) < after:
            time.sleep(STEP)
        if process.poll() is None:
            process.kill()
            process.wait()
            return _pending(journal)
        output.seek(0)
        text = output.read()
    if "is changing this sandbox, so" in text:
        time.sleep(2)
        return interrupted(checkout, command, after)
    assert process.returncode == 0, text
    return None


def entries(journal: Path) -> list[dict[str, Any]]:
    """What a journal holds: its whole lines but for the first, which names the state."""
    try:
        return [json.loads(line) for line in journal.read_bytes().split(b"\n")[1:-1]]
    except FileNotFoundError:
        return []


def _pending(journal: Path) -> set[str]:
    pending: dict[str, str] = {}
    for entry in entries(journal):
        resource = entry.get("resource") or entry.get("put") or entry.get("drop")
        urn = resource["urn"] if resource else entry["end"]
        if "begin" in entry:
            pending[urn] = urn.split("::")[-1]
        else:
            pending.pop(urn, None)
    return set(pending.values())
