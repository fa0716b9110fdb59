"""What this machine has of what the sandbox needs, fact by fact; nothing is started or changed."""

import os
import platform
import shutil
import subprocess
from dataclasses import dataclass, replace
from pathlib import Path

from sandbox import ports
from sandbox.addresses import REGISTRY
from sandbox.cluster import listeners, mounts, pause
from sandbox.cluster.build import KUBE_ROUTER, KUBERNETES
from sandbox.cluster.cluster import Cluster
from sandbox.edge.edge import LISTENERS as EDGE
from sandbox.go.program import Build
from sandbox.home import Home
from sandbox.machine import DISK
from sandbox.process import Process
from sandbox.pulumi.installation import KUBERNETES as PROVIDER_VERSION
from sandbox.pulumi.installation import OFFICIAL, Installation
from sandbox.registry.base import SUITE, sources
from sandbox.registry.registry import PORT


@dataclass(frozen=True)
class Fact:
    """Something that was looked up: its name, what was found, and what is wrong with that and how to mend it."""

    name: str
    found: str
    problem: str = ""


def facts(home: Home) -> list[Fact]:
    """All of them, in the order in which a person would mend them."""
    looked_up = (
        _user,
        _processor,
        _disk,
        _pulumi,
        _provider,
        _kubernetes,
        _kube_router,
        _cgroups,
        _overlay,
        _bridge,
        _iptables,
        _addresses,
        _packages,
    )
    return [fact(home) for fact in looked_up]


def _user(_home: Home) -> Fact:
    user = os.geteuid()
    problem = "" if user == 0 else "`up`, `refresh`, `destroy` and `stop` need root; `preview` and `status` do not"
    return Fact("user", "root" if user == 0 else f"uid {user}", problem)


def _processor(_home: Home) -> Fact:
    machine = platform.machine()
    known = ", ".join(pause.ARCHITECTURES)
    return Fact(
        "processor",
        f"{machine}, {os.cpu_count()} cores",
        "" if machine in pause.ARCHITECTURES else f"the cluster runs on {known} only",
    )


def _disk(home: Home) -> Fact:
    free = shutil.disk_usage(mounts.existing(home.root)).free
    problem = "" if free >= DISK else f"a sandbox needs {DISK >> 20} MiB: free some space"
    return Fact("disk", f"{free >> 20} MiB free for {home.root}", problem)


def _pulumi(home: Home) -> Fact:
    installation = Installation.locate(home)
    if installation.installed_cli:
        return Fact("Pulumi CLI", f"{installation.version()}, {installation.installed_cli}")
    fact = _build("Pulumi CLI", installation.cli_build)
    return replace(fact, found=f"{fact.found}; one from {OFFICIAL} on PATH is used instead, and spares the build")


def _provider(home: Home) -> Fact:
    installation = Installation.locate(home)
    if installation.installed_plugin:
        return Fact("Kubernetes provider", f"{PROVIDER_VERSION}, {installation.installed_plugin}")
    fact = _build("Kubernetes provider", installation.plugin_build)
    official = f"`pulumi plugin install resource kubernetes {PROVIDER_VERSION}`"
    return replace(fact, found=f"{fact.found}; {official} gets the official one, and spares the build")


def _kubernetes(home: Home) -> Fact:
    return _build("Kubernetes", Build.locate(home, KUBERNETES))


def _kube_router(home: Home) -> Fact:
    return _build("kube-router", Build.locate(home, KUBE_ROUTER))


def _build(name: str, build: Build) -> Fact:
    if build.exists:
        return Fact(name, f"{build.program.version}, built")
    go = f"Go {build.toolchain.version} {'from PyPI' if build.toolchain.target else build.toolchain.go}"
    needed, free = build.program.disk, shutil.disk_usage(mounts.existing(build.cache)).free
    short = f"{needed >> 20} MiB are needed in {build.cache}, and {free >> 20} are free: set XDG_CACHE_HOME"
    minutes = f"about {build.program.minutes} minutes on 2 cores"
    return Fact(name, f"{build.program.version} will be built with {go}, {minutes}", "" if free >= needed else short)


def _cgroups(_home: Home) -> Fact:
    root = Path("/sys/fs/cgroup")
    if (root / "cgroup.controllers").exists():
        return Fact("cgroups", "version 2")
    if (root / "memory").exists() and (root / "cpu").exists():
        return Fact("cgroups", "version 1")
    return Fact("cgroups", "none", f"containers need them: mount them at {root}")


def _overlay(home: Home) -> Fact:
    below = mounts.file_system(mounts.existing(home.root))
    if below == "overlay":
        return Fact("images", "copied, because an overlay cannot lie on an overlay: slower, and more disk")
    listed = "\toverlay\n" in Path("/proc/filesystems").read_text()
    missing = "" if listed else "if `modprobe overlay` fails, use a kernel that has it"
    return Fact("images", f"overlay on {below}" if listed else "no overlay file system yet", missing)


def _bridge(_home: Home) -> Fact:
    if Path("/proc/sys/net/bridge").exists():
        return Fact("bridge filtering", "on")
    return Fact("bridge filtering", "not loaded", "if `modprobe br_netfilter` fails, use a kernel that has it")


def _iptables(_home: Home) -> Fact:
    program = shutil.which("iptables-save")
    if program is None:
        return Fact("iptables", "not installed", "`up` installs it")
    done = subprocess.run([program], capture_output=True, text=True, check=False)
    said = (done.stderr.strip().splitlines() or [""])[0]
    problem = "" if done.returncode == 0 or os.geteuid() != 0 else f"root must be allowed to use it: {said}"
    return Fact("iptables", program, problem)


def _addresses(home: Home) -> Fact:
    """Those of processes of this very sandbox are not asked for."""
    held: dict[tuple[str, int], str] = {}
    if not Cluster(home).running:
        for protocol, address, port in listeners.ALL:
            held |= ports.taken([(address, port)], protocol)
    if Process(home, "registry").pid is None:
        held |= ports.taken([("127.0.0.1", PORT)])
    if Process(home, "edge").pid is None:
        held |= ports.taken(EDGE)
    text = ", ".join(f"{address}:{port} by {who}" for (address, port), who in held.items())
    found = "taken" if held else f"free, or this sandbox's own (cluster, load balancer, registry {REGISTRY})"
    return Fact("addresses", found, f"end who holds {text}" if held else "")


def _packages(_home: Home) -> Fact:
    own = sources() if shutil.which("apt-get") else []
    return Fact("base images", ", ".join(own) if own else f"from Debian's public mirror of {SUITE}")
