"""Runs every benchmark; writes `docs/benchmarks.md` and `docs/benchmarks.json`. Exit code 1 when a target is missed.

`--only NAME`, repeatable, runs those alone and writes nothing.
"""

import argparse
import json
import os
import platform
import sys
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from bench import dev_loop, difference, evaluation, images, lifecycle, memory, serving
from bench.row import Row
from sandbox.home import Home

DOCS = Path(__file__).resolve().parents[1] / "docs"

BENCHES = {
    "evaluation": evaluation.rows,
    "difference": difference.rows,
    "images": images.rows,
    "serving": serving.rows,
    "memory": memory.rows,
    "dev_loop": dev_loop.rows,
    # Last, because it leaves the sandbox stopped.
    "lifecycle": lifecycle.rows,
}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--only", action="append", choices=BENCHES, help="this one; repeatable")
    only = parser.parse_args().only
    os.environ.update(Home.locate().environment)
    rows = [row for name in only or BENCHES for row in BENCHES[name]()]
    machine = f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}, Python {platform.python_version()}"
    date = datetime.now(UTC).date().isoformat()
    table = _table(rows, machine, date)
    print(table)
    if only:
        sys.exit(0 if all(row.met for row in rows) else 1)
    DOCS.joinpath("benchmarks.md").write_text(table)
    content = {
        "machine": machine,
        "date": date,
        "rows": [{**asdict(row), "ratio": round(row.ratio, 3)} for row in rows],
    }
    DOCS.joinpath("benchmarks.json").write_text(json.dumps(content, indent=2) + "\n")
    sys.exit(0 if all(row.met for row in rows) else 1)


def _table(rows: Sequence[Row], machine: str, date: str) -> str:
    lines = [
        "# Benchmarks",
        "",
        f"`make bench` on {date}: {machine}. Each ratio is from one run, medians of sides that took turns.",
        "",
        "| what | ours | against | theirs | ratio | at most |",
        "|---|---|---|---|---|---|",
    ]
    for row in rows:
        figures = f"{row.ours:.2f} {row.unit} | {row.against} | {row.theirs:.2f} {row.unit}"
        verdict = "" if row.met else " (missed)"
        lines.append(f"| {row.name} | {figures} | {row.ratio:.2f}{verdict} | {row.target:.3g} |")
    return "\n".join([*lines, ""])


main()
