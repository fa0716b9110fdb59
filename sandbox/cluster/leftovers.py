"""What a cluster leaves on the machine when it ends, and more so when it is killed."""

import contextlib
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path

from sandbox.cluster import mounts
from sandbox.cluster.containerd import NAMESPACE, Containerd
from sandbox.home import Home
from sandbox.process import started_at

PROGRAMS = ("containerd", "containerd-shim-runc-v2", "etcd", "kube-router", "kubernetes", "runc")

KUBELET_SOCKET = Path("/var/lib/kubelet/device-plugins/kubelet.sock")
CONTAINER_LOGS = Path("/var/log/containers")
CNI_RESULTS = Path("/var/lib/cni/results")
SHIM_SOCKETS = Path("/run/containerd/s")
"""Four places that kubelet and containerd know no setting for."""

CGROUPS = Path("/sys/fs/cgroup")
PODS_CGROUP = "kubepods"


class Leftovers:
    """All that is ours by its path: every process, mount and file here names this home."""

    def __init__(self, home: Home, containerd: Containerd) -> None:
        self.root = home.root
        self.cluster = home.root / "cluster"
        self.containerd = containerd

    def end_containers(self, grace: float) -> None:
        """SIGTERM to each container's first process; after `grace` seconds SIGKILL to all. No pod is told."""
        first = self._first_processes()
        signal_all(first, signal.SIGTERM)
        wait_for_end(first, grace)
        self._delete_containers()

    def clean(self) -> None:
        """Processes first, for they hold the rest. Nothing of it being there is no error."""
        ours = processes(self.root)
        signal_all(ours, signal.SIGKILL)
        wait_for_end(ours, 5)
        self._delete_containers()
        strays = self._strays()
        mounts.unmount(mounts.below(self.cluster))
        if not mounts.below(self.containerd.state):  # else it would reach into containers' file systems
            shutil.rmtree(self.containerd.state, ignore_errors=True)
        shutil.rmtree(self.containerd.runc, ignore_errors=True)
        for path in strays:
            path.unlink(missing_ok=True)
        for directory in (KUBELET_SOCKET.parent, CONTAINER_LOGS, CNI_RESULTS, SHIM_SOCKETS):
            remove_empty(directory)
        self._remove_cgroups()

    def _strays(self) -> list[Path]:
        """Files outside of our directories, found by what containerd and they themselves say; and sockets."""
        bundles = list(self.containerd.state.glob(f"io.containerd.runtime.v2.task/{NAMESPACE}/*"))
        shims = [Path(file.read_text().removeprefix("unix://")) for b in bundles for file in b.glob("address")]
        # Each names the pod's network namespace, which is one of our directories.
        results = [file for file in CNI_RESULTS.glob("*") if f'"{self.root}/' in file.read_text()]
        links = [link for link in CONTAINER_LOGS.glob("*.log") if self.root in link.readlink().parents]
        kubelet = [KUBELET_SOCKET] if abandoned(KUBELET_SOCKET) else []
        return [*shims, *results, *links, *kubelet, *self.containerd.sockets]

    def _first_processes(self) -> dict[int, str]:
        """Pid of each container's first process -> its start time; runc keeps both."""
        found: dict[int, str] = {}
        for state in self.containerd.runc.glob(f"{NAMESPACE}/*/state.json"):
            with contextlib.suppress(OSError, ValueError):
                record = json.loads(state.read_text())
                pid, ticks = record["init_process_pid"], record["init_process_start"]
                alive = started_at(pid)
                if alive is not None and alive.endswith(f":{ticks}"):
                    found[pid] = alive
        return found

    def _delete_containers(self) -> None:
        """SIGKILL to every process in them, and their cgroups away."""
        for container in self.containerd.runc.glob(f"{NAMESPACE}/*"):
            command = ["runc", "--root", container.parent, "delete", "--force", container.name]
            subprocess.run(command, capture_output=True, check=False)

    def _remove_cgroups(self) -> None:
        """Those that kubelet has made for pods; the kernel refuses to remove one with a process in it."""
        for root in (CGROUPS / PODS_CGROUP, *CGROUPS.glob(f"*/{PODS_CGROUP}")):
            for directory, _, _ in os.walk(root, topdown=False):
                with contextlib.suppress(OSError):
                    Path(directory).rmdir()


def processes(root: Path) -> dict[int, str]:
    """Pid -> start time of every process of the cluster that was started with a path in `root`.

    Not a user's kubectl, nor an editor that has a file of ours open.
    """
    found: dict[int, str] = {}
    within = re.compile(rf"(^|[=:,]|unix://){re.escape(str(root))}/")
    for entry in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            program, *arguments = entry.read_bytes().decode(errors="replace").split("\0")
            named = any(within.search(argument) for argument in arguments)
            if Path(program).name in PROGRAMS and named and arguments[:1] != ["kubectl"]:
                pid = int(entry.parent.name)
                if started := started_at(pid):
                    found[pid] = started
    return found


def signal_all(found: dict[int, str], number: signal.Signals) -> None:
    for pid, started in found.items():
        if started_at(pid) == started:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)


def wait_for_end(found: dict[int, str], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while any(started_at(pid) == started for pid, started in found.items()) and time.monotonic() < deadline:
        time.sleep(0.02)


def abandoned(path: Path) -> bool:
    """Whether nobody listens on this socket any more."""
    with socket.socket(socket.AF_UNIX) as probe:
        try:
            probe.connect(str(path))
        except ConnectionRefusedError:
            return True
        except OSError:
            pass
    return False


def remove_empty(directory: Path) -> None:
    """Remove it and the empty directories above it."""
    with contextlib.suppress(OSError):
        directory.rmdir()
        directory.parent.rmdir()
