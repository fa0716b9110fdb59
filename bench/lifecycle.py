"""The sandbox from stopped to deployed and back, against the time that each step may take."""

import subprocess
import sys
import time
from pathlib import Path

from bench.row import Row
from sandbox.cluster.cluster import Cluster
from sandbox.home import Home

REPOSITORY = Path(__file__).resolve().parents[1]


def rows() -> list[Row]:
    """Needs root, and a sandbox that was up before: what is built once is not measured. Leaves it stopped."""
    _seconds("up")
    _seconds("destroy")
    _seconds("stop")
    warm = _seconds("up")
    unchanged = _seconds("up")
    destroy = _seconds("destroy")
    stop = _seconds("stop")
    cluster = _cluster()
    _seconds("stop")
    return [
        Row("cluster, from stopped to taking pods", cluster, "allowed", 10, "s", 1),
        Row("warm up, from stopped to answering", warm, "allowed", 40, "s", 1),
        Row("up without a change", unchanged, "allowed", 3, "s", 1),
        Row("destroy", destroy, "allowed", 25, "s", 1),
        Row("stop", stop, "warm up", warm, "s", 1),
    ]


def _seconds(command: str) -> float:
    start = time.perf_counter()
    subprocess.run([sys.executable, "-m", "sandbox", command], cwd=REPOSITORY, capture_output=True, check=True)
    return time.perf_counter() - start


def _cluster() -> float:
    """Seconds until Kubernetes runs with a node that is ready, of nothing but the cluster."""
    cluster = Cluster(Home.locate())
    start = time.perf_counter()
    cluster.start(lambda _message: None)
    return time.perf_counter() - start
