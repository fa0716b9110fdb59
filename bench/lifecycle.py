"""The sandbox from stopped to deployed and back, against the time that each step may take."""

import time

from bench.row import Row
from bench.sandbox_command import seconds
from sandbox.cluster.cluster import Cluster
from sandbox.home import Home


def rows() -> list[Row]:
    """Needs root, and a sandbox that was up before: what is built once is not measured. Leaves it stopped."""
    seconds("up")
    seconds("destroy")
    seconds("stop")
    warm = seconds("up")
    unchanged = seconds("up")
    destroy = seconds("destroy")
    stop = seconds("stop")
    cluster = _cluster()
    seconds("stop")
    return [
        Row("cluster, from stopped to taking pods", cluster, "allowed", 10, "s", 1),
        Row("warm up, from stopped to answering", warm, "allowed", 40, "s", 1),
        Row("up without a change", unchanged, "allowed", 8, "s", 1),
        Row("destroy", destroy, "allowed", 30, "s", 1),
        Row("stop", stop, "warm up", warm, "s", 1),
    ]


def _cluster() -> float:
    """Seconds until Kubernetes runs with a node that is ready, of nothing but the cluster."""
    cluster = Cluster(Home.locate())
    start = time.perf_counter()
    cluster.start(lambda _message: None)
    return time.perf_counter() - start
