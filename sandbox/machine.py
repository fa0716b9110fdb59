"""This machine as Google Cloud and ghcr.io: cluster, registry and edge, started and stopped together."""

import os
import shutil
from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor

from sandbox import commands, packages
from sandbox.cluster.cluster import Cluster
from sandbox.edge.edge import Edge
from sandbox.errors import SandboxError
from sandbox.home import Home
from sandbox.progress import Report
from sandbox.pulumi.installation import Installation
from sandbox.registry.registry import Registry

DISK = 4 << 30
"""Bytes: images, container layers and etcd of a running sandbox. Building Kubernetes asks for more itself."""


def require_root(command: str) -> None:
    """Refuse `command` to an ordinary user, before anything is touched."""
    if os.geteuid() != 0:
        raise SandboxError(
            f"`{command}` needs root: it runs containerd and a kubelet, makes a network bridge and mounts file "
            "systems. Nothing was changed. Run it as root; `preview`, `diff`, `graph` and `status` need no root."
        )


class Machine:
    """All rooms that run processes; `images` names those that what gets deployed refers to."""

    def __init__(self, home: Home, images: Collection[str] = ()) -> None:
        self.home = home
        self.cluster = Cluster(home)
        self.registry = Registry(home, images)
        self.edge = Edge(home)

    @property
    def _rooms(self) -> tuple[Registry, Cluster, Edge]:
        return self.registry, self.cluster, self.edge

    def start(self, report: Report) -> None:
        """Install, build and start what is missing; returns soon when all of it runs.

        What is taken or impossible is refused before anything is built.
        """
        self._require_disk()
        packages.install(report)
        for room in self._rooms:
            room.check()
        with ThreadPoolExecutor() as pool:
            images = pool.submit(self.registry.prepare, report)
            Installation.locate(self.home).prepare(report, *self.cluster.builds)
            images.result()
        commands.install(self.home)
        for room in self._rooms:
            room.start(report)

    def stop(self) -> None:
        """End every process, and remove every mount and network device, that `start` made.

        Goes on after a problem, and raises all of them as one SandboxError.
        """
        problems: list[str] = []
        for room in reversed(self._rooms):
            try:
                room.stop()
            except SandboxError as error:
                problems.append(str(error))
        shutil.rmtree(self.home.temporary, ignore_errors=True)
        if problems:
            raise SandboxError("\n".join(problems))

    def _require_disk(self) -> None:
        self.home.root.mkdir(parents=True, exist_ok=True)
        free = shutil.disk_usage(self.home.root).free
        if free < DISK:
            raise SandboxError(
                f"{self.home.root} has {free >> 20} MiB free and a sandbox needs {DISK >> 20} MiB. Nothing was "
                "started. Free some space, or move the checkout to a larger disk."
            )
