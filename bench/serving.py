"""The app as it is deployed against the original's server command and manifests, both in one cluster."""

import statistics
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from string import Template

from bench.load import Answers, Load
from bench.row import Row
from bench.sandbox_command import seconds
from sandbox.addresses import REGISTRY
from sandbox.cluster.cluster import Cluster
from sandbox.credentials import Credentials
from sandbox.home import Home
from sandbox.registry.base import BaseImages
from sandbox.registry.login import Login, authfile

ORIGINAL = Path(__file__).parent / "original"
IMAGE = f"{REGISTRY}/example/original/app:1"
COMMAND, MANIFESTS = "the original's server command", "the original's manifests"

RUNS = 3
SECONDS = 5
"""Of each run; the sides take turns."""

WORKERS = 32
STEADY = 100
"""Requests a second of a load that leaves the machine idle."""

ROLLOUTS = 3
PATIENCE = 120
"""Seconds for a rollout."""


@dataclass(frozen=True)
class Side:
    """A Deployment with an Ingress, in a namespace."""

    cluster: Cluster
    namespace: str
    name: str

    def answers(self) -> Answers:
        """Of one pod, asked without a load balancer for as much as it can."""
        pod = self._get("pods", "{.items[0].status.podIP}")
        with Load(f"http://{pod}:8000/", workers=WORKERS) as load:
            time.sleep(SECONDS)
        return load.answers

    def failed(self, workers: int, rate: float | None = None) -> float:
        """POST requests of a million that fail in three rollouts: the load balancer does not repeat them."""
        address = self._get("ingress", "{.items[0].status.loadBalancer.ingress[0].ip}")
        with Load(f"http://{address}/", workers=workers, rate=rate, post=True) as load:
            for _ in range(ROLLOUTS):
                self._kubectl("rollout", "restart", f"deployment/{self.name}")
                self._kubectl("rollout", "status", f"deployment/{self.name}", f"--timeout={PATIENCE}s")
            # The last pod of the version before is still on its way.
            time.sleep(SECONDS)
        return load.answers.failed_of_million

    def wait(self) -> None:
        """Return once a visitor is answered."""
        self._kubectl("rollout", "status", f"deployment/{self.name}", f"--timeout={PATIENCE}s")
        deadline = time.monotonic() + PATIENCE
        while True:
            if address := self._get("ingress", "{.items[0].status.loadBalancer.ingress[0].ip}"):
                with Load(f"http://{address}/", workers=1, rate=10) as load:
                    time.sleep(1)
                if load.answers.served and not load.answers.failed:
                    return
            assert time.monotonic() < deadline, f"{self.name} does not answer"

    def _get(self, kind: str, path: str) -> str:
        return self._kubectl("get", kind, f"--output=jsonpath={path}")

    def _kubectl(self, *arguments: str) -> str:
        return self.cluster.kubectl("--namespace", self.namespace, *arguments)


def rows() -> list[Row]:
    """Needs root; starts the sandbox, and leaves it with the stack up."""
    seconds("up")
    home = Home.locate()
    cluster = Cluster(home)
    with _original(home, cluster) as theirs:
        sides = Side(cluster, "gke-webapp-dev", "gke-webapp"), theirs
        runs = [[side.answers() for side in sides] for _ in range(RUNS)]
        steady = [side.failed(10, STEADY) for side in sides]
        saturated = [side.failed(WORKERS) for side in sides]
    speed, median, p99 = (
        [1000 * statistics.median(figure(one) for one in side) for side in zip(*runs, strict=True)]
        for figure in (_each, _median, _p99)
    )
    return [
        Row("time per request, saturated", speed[0], COMMAND, speed[1], "ms", 1 / 2),
        Row("p50 of requests, saturated", median[0], COMMAND, median[1], "ms", 1),
        Row("p99 of requests, saturated", p99[0], COMMAND, p99[1], "ms", 1),
        Row("failed in 3 rollouts, 100 requests/s", steady[0], MANIFESTS, steady[1], "of a million", 0),
        Row("failed in 3 rollouts, saturated", saturated[0], MANIFESTS, saturated[1], "of a million", 0),
    ]


def _each(answers: Answers) -> float:
    return 1 / answers.per_second


def _median(answers: Answers) -> float:
    return answers.median


def _p99(answers: Answers) -> float:
    return answers.p99


@contextmanager
def _original(home: Home, cluster: Cluster) -> Generator[Side]:
    """The original, built, pushed and deployed; gone afterwards."""
    base, credentials = BaseImages(home), Credentials.load_or_create(home)
    login = Login(REGISTRY, credentials.registry_username, credentials.registry_token)
    base.buildah.build(IMAGE, ORIGINAL, ORIGINAL / "Dockerfile", arguments={"BASE_IMAGE": base.builder})
    image = f"{IMAGE.rpartition(':')[0]}@{base.buildah.push(IMAGE, [login])}"
    manifests = Template((ORIGINAL / "manifests.yaml").read_text())
    text = manifests.substitute(image=image, login=authfile([login]))
    try:
        cluster.kubectl("apply", "--filename=-", standard_input=text)
        side = Side(cluster, "original", "original")
        side.wait()
        yield side
    finally:
        cluster.kubectl("delete", "namespace", "original", "--ignore-not-found")
