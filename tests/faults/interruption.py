"""A command that is killed as soon as its journal says something."""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from tests.e2e.conftest import Checkout

STEP = 0.002
"""Seconds between looks at the journal."""

Entry = dict[str, Any]


def state(checkout: Checkout) -> Path:
    """The dev stack's state file."""
    return checkout.home / "state" / "gke-webapp" / "dev.json"


def interrupted(checkout: Checkout, command: str, reached: Callable[[Sequence[Entry]], bool]) -> bool:
    """Kill `python -m sandbox COMMAND` once `reached` holds of its journal; False when it ended before, and well.

    Asserts that it takes up what a kill before it has left pending, and says so.
    """
    journal = state(checkout).with_suffix(".journal")
    before, left = _stamp(journal), pending(journal)
    with tempfile.TemporaryFile("w+") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "sandbox", command, "--engine", "embedded"],
            cwd=checkout.directory,
            env={**os.environ, "PYTHONUNBUFFERED": "1", "COLUMNS": "400"},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        while process.poll() is None and (_stamp(journal) in (0, before) or not reached(entries(journal))):
            time.sleep(STEP)
        killed = process.poll() is None
        if killed:
            process.kill()
            process.wait()
        output.seek(0)
        text = output.read()
    if "is changing this sandbox, so" in text:
        time.sleep(2)
        return interrupted(checkout, command, reached)
    assert killed or process.returncode == 0, text
    assert not {name for name in left if name not in text}, text
    assert not left or "An earlier run was cut short" in text
    return killed


def entries(journal: Path) -> list[Entry]:
    """What a journal holds: its whole lines but for the first, which names the state."""
    try:
        return [json.loads(line) for line in journal.read_bytes().split(b"\n")[1:-1]]
    except FileNotFoundError:
        return []


def pending(journal: Path) -> set[str]:
    """Names of the resources that were being worked on."""
    begun: dict[str, str] = {}
    for entry in entries(journal):
        resource = entry.get("resource") or entry.get("put") or entry.get("drop")
        urn = resource["urn"] if resource else entry["end"]
        if "begin" in entry:
            begun[urn] = urn.split("::")[-1]
        else:
            begun.pop(urn, None)
    return set(begun.values())


def _stamp(journal: Path) -> int:
    """Which journal it is: one that was left behind is not written to any more. 0 when there is none."""
    try:
        return journal.stat().st_mtime_ns
    except FileNotFoundError:
        return 0
