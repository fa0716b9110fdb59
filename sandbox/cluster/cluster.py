"""A single-node Kubernetes cluster on this machine."""

import functools
import os
import socket
import subprocess
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path

from sandbox.addresses import API_SERVER, DNS, ETCD
from sandbox.cluster import configuration, dns, kubeconfig, listeners, metrics, pause
from sandbox.cluster.api import Api
from sandbox.cluster.build import KUBE_ROUTER, KUBERNETES, VERSION
from sandbox.cluster.components import CLIENTS, KUBELET_SOCKET, Components
from sandbox.cluster.containerd import Containerd
from sandbox.cluster.leftovers import Leftovers
from sandbox.cluster.network import Network
from sandbox.cluster.pki import Pki
from sandbox.errors import SandboxError
from sandbox.go.build import build
from sandbox.go.program import Build
from sandbox.home import Home
from sandbox.process import Process
from sandbox.progress import Report

OBJECTS = (Path(__file__).parent / "crds", Path(__file__).parent / "objects")
"""Manifests that every cluster of the sandbox holds."""

PROCESSES = ("etcd", "containerd", "kube-apiserver", *CLIENTS)

CONTAINER_GRACE = 5
"""Seconds between SIGTERM and SIGKILL for the pods' containers when the cluster stops."""


class Cluster:
    """Its objects are kept in `home` over a stop; its program in the cache."""

    def __init__(self, home: Home) -> None:
        self.home = home
        self.directory = home.root / "cluster"
        self.pki = Pki(home)
        self.api = Api(self.pki)
        self.containerd = Containerd(home)
        self.network = Network(home)
        self.leftovers = Leftovers(home, self.containerd)

    @property
    def kubeconfig(self) -> Path:
        """The administrator's (mode 0600)."""
        return self.home.root / "kubeconfig"

    @property
    def running(self) -> bool:
        """Whether every process of it is alive."""
        return all(self._process(name).pid for name in PROCESSES)

    @cached_property
    def build(self) -> Build:
        """Of Kubernetes."""
        return Build.locate(self.home, KUBERNETES)

    @cached_property
    def builds(self) -> tuple[Build, Build]:
        """What has to be built before it starts."""
        return self.build, Build.locate(self.home, KUBE_ROUTER)

    def check(self) -> None:
        """Clear away what a killed cluster left. Raises SandboxError when something that `start` needs is taken."""
        if self.running:
            return
        if os.geteuid() != 0:
            raise SandboxError(
                "Starting the cluster needs root: containerd and kubelet mount file systems, and the pods' "
                "network is a bridge with packet filter rules. Nothing was started. Run this as root."
            )
        listeners.require_short([*self.containerd.sockets, self.directory / KUBELET_SOCKET])
        self.stop()
        listeners.require_free()

    def prepare(self, report: Report) -> None:
        """Have all of it built. Minutes the first time, then nothing."""
        build(self.builds, report)

    def start(self, report: Report) -> None:
        """Return once the node takes pods. Does nothing while it runs; leaves nothing running when it fails."""
        if self.running:
            return
        self.check()
        self.prepare(report)
        try:
            self._start(report)
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """End pods and processes; remove mounts, network and rules. The cluster's objects stay."""
        self._end(CLIENTS)
        self.leftovers.end_containers(CONTAINER_GRACE)
        # It would wait a minute for whoever still watches it; all it knows is in etcd.
        self._end(["containerd", "kube-apiserver"], seconds=3)
        self._end(["etcd"])
        self.leftovers.clean()
        self.network.down()

    def kubectl(self, *arguments: str, standard_input: str | None = None) -> str:
        """What `kubectl` prints, as the administrator. Raises SandboxError with its words when it fails."""
        command = [self.home.bin / "kubectl", *arguments]
        done = subprocess.run(command, input=standard_input, capture_output=True, text=True, check=False)
        if done.returncode:
            raise SandboxError(f"`kubectl {' '.join(arguments)}` failed: {done.stderr.strip()}")
        return done.stdout

    def _start(self, report: Report) -> None:
        began = datetime.now(UTC)
        report(f"Starting Kubernetes {VERSION}")
        self._configure()
        self.network.up()
        self._launch("etcd")
        self._launch("containerd")
        self._process("etcd").wait(lambda: _answers(ETCD, listeners.ETCD_CLIENT), seconds=30)
        self._launch("kube-apiserver")
        self._process("containerd").wait(self.containerd.ready, seconds=30)
        self.containerd.hold(
            self._pause_image, functools.partial(pause.archive, self.build.executable("pause"), self._pause_image)
        )
        self._process("kube-apiserver").wait(self.api.ready, seconds=60)
        # First, for among them are the roles of those that come next.
        self._apply([*OBJECTS, self._dns])
        for name in CLIENTS:
            self._launch(name)
        report("Waiting for the node")
        self._process("kubelet").wait(lambda: self.api.node_ready(since=began), seconds=60)
        self._process("kube-controller-manager").wait(self.api.default_account_exists, seconds=60)
        self._process("metrics-server").wait(lambda: _answers(API_SERVER, listeners.METRICS), seconds=30)
        # While an API is registered and does not answer, no namespace can be deleted.
        self._process("metrics-server").wait(self._metrics_served, seconds=60)
        # Programs that start before they can resolve a name end, and are started again ever later.
        self._process("kubelet").wait(lambda: _answers(DNS, 53), seconds=60)

    def _configure(self) -> None:
        """Write every file that a process reads."""
        self.directory.mkdir(parents=True, exist_ok=True)
        self.pki.ensure()
        self.containerd.configure(self._pause_image)
        kubeconfig.of_administrator(self.kubeconfig, self.pki)
        for name in CLIENTS:
            kubeconfig.of_component(self._components.kubeconfig(name), self.pki, name)
        configuration.write(self._components, self.containerd.socket)
        self._dns.write_text(dns.manifests(self._pause_image, self.build.executable("kubernetes")))
        self.home.bin.mkdir(parents=True, exist_ok=True)
        command = self.home.bin / "kubectl"
        command.write_text(
            kubectl_command(self.build.executable("kubernetes"), self.kubeconfig, self.directory / "kubectl-cache")
        )
        command.chmod(0o755)

    def _metrics_served(self) -> bool:
        """Registered anew with every look: the API server asks ever more seldom for an API that does not change."""
        if self.api.metrics_served():
            return True
        authority = self.pki.certificate("ca").read_bytes()
        for path, manifest in metrics.registration(authority, datetime.now(UTC)).items():
            self.api.apply(path, manifest)
        return False

    def _apply(self, manifests: Iterable[Path]) -> None:
        options = [f"--filename={path}" for path in manifests]
        self.kubectl("apply", "--server-side", "--force-conflicts", "--field-manager=sandbox", *options)

    def _launch(self, name: str) -> None:
        command = self.containerd.command if name == "containerd" else self._components.command(name)
        self._process(name).start(command)

    def _end(self, names: Iterable[str], seconds: float = 10) -> None:
        """Stop them, all at once; after `seconds` with SIGKILL."""

        def end(name: str) -> None:
            self._process(name).stop(seconds)

        with ThreadPoolExecutor() as pool:
            list(pool.map(end, names))

    def _process(self, name: str) -> Process:
        return Process(self.home, name)

    @property
    def _components(self) -> Components:
        kubernetes, kube_router = self.builds
        programs = kubernetes.executable("kubernetes"), kube_router.executable("kube-router")
        return Components(self.directory, *programs, self.pki)

    @property
    def _dns(self) -> Path:
        return self.directory / "kube-dns.yaml"

    @property
    def _pause_image(self) -> str:
        return f"localhost/pause:{self.build.key}"


def kubectl_command(program: Path, kubeconfig: Path, cache: Path) -> str:
    """A shell script that is `kubectl`, by default for this cluster."""
    return (
        "#!/bin/sh\n"
        f'export KUBECONFIG="${{KUBECONFIG:-{kubeconfig}}}" KUBECACHEDIR="${{KUBECACHEDIR:-{cache}}}"\n'
        f'exec "{program}" kubectl "$@"\n'
    )


def _answers(address: str, port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex((address, port)) == 0
