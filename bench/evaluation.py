"""The program against Pulumi's own template, which registers fewer resources, and against nothing."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml

from bench.row import Row, medians

REPOSITORY = Path(__file__).resolve().parents[1]
PROGRAMS = Path(__file__).parent / "programs"
RUNS = 9


def rows() -> list[Row]:
    ours, template, empty = medians(
        [_evaluation(REPOSITORY), _evaluation(PROGRAMS / "template"), _evaluation(PROGRAMS / "empty")], RUNS
    )
    return [
        Row("evaluate the program", ours, "Pulumi's kubernetes-gcp-python", template, "s", 1.2),
        Row("evaluate the program", ours, "an empty program", empty, "s", 8),
    ]


def command(directory: Path) -> tuple[list[str], dict[str, str]]:
    """What evaluates the program in a directory once, and its environment."""
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    return [sys.executable, "-m", "bench.evaluate", str(directory), "gke-webapp", json.dumps(_config())], environment


def _evaluation(directory: Path) -> Callable[[], float]:
    arguments, environment = command(directory)

    def run() -> float:
        done = subprocess.run(arguments, cwd=REPOSITORY, env=environment, capture_output=True, text=True, check=True)
        return float(done.stdout)

    return run


def _config() -> dict[str, str]:
    """The dev stack's, with a token."""
    stated: dict[str, Any] = yaml.safe_load((REPOSITORY / "Pulumi.dev.yaml").read_text())["config"]
    texts = {key: value if isinstance(value, str) else json.dumps(value) for key, value in stated.items()}
    return {**texts, "gke-webapp:registryToken": "token"}
