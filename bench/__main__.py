"""Runs every benchmark; writes `docs/benchmarks.md` and `docs/benchmarks.json`. Exit code 1 when a target is missed."""

import json
import os
import platform
import sys
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from bench import evaluation, growth, lifecycle
from bench.row import Row

DOCS = Path(__file__).resolve().parents[1] / "docs"


def main() -> None:
    rows = [row for bench in (evaluation, growth, lifecycle) for row in bench.rows()]
    machine = f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}, Python {platform.python_version()}"
    date = datetime.now(UTC).date().isoformat()
    table = _table(rows, machine, date)
    print(table)
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
        lines.append(f"| {row.name} | {figures} | {row.ratio:.2f}{verdict} | {row.target:g} |")
    return "\n".join([*lines, ""])


main()
