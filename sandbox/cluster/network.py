"""The node's network: a bridge for the pods, rules, kernel settings, and the addresses that must be free."""

import json
import shutil
import subprocess
from collections.abc import Mapping
from ipaddress import IPv4Network
from pathlib import Path

from sandbox.addresses import BRIDGE, NODE, PODS, SERVICES
from sandbox.cluster import iptables
from sandbox.cluster.sysctls import Sysctls
from sandbox.errors import SandboxError
from sandbox.home import Home

HARDWARE_ADDRESS = "0a:58:0a:f4:00:01"
"""The bridge's own. Without one it takes a port's, changes with every pod, and connections stall."""

NARROW = 16
"""Prefix length from which on a route is taken for a network of this machine's neighbours."""


class Network:
    def __init__(self, home: Home) -> None:
        self.sysctls = Sysctls(home)

    def up(self) -> None:
        """Make it all. Raises SandboxError for a network or a Kubernetes that is here already."""
        if taken := overlapping(_routes()):
            raise SandboxError(
                f"The network {taken} is in use on this machine, and the sandbox needs {PODS} for its pods "
                f"and {SERVICES} for its Services. Nothing was started. Take that network down: stop the sandbox "
                "of another checkout, or `ip link delete` its interface."
            )
        if iptables.foreign_kubernetes():
            raise SandboxError(
                "iptables holds the KUBE-* chains of another Kubernetes, and one machine can have one. "
                "Nothing was started. Stop the other one; when none runs, remove its chains: "
                "iptables-save | grep -v KUBE- | iptables-restore"
            )
        if modprobe := shutil.which("modprobe"):
            # A module of some kernels, built into others; `set` tells when it is neither.
            subprocess.run([modprobe, "br_netfilter"], capture_output=True, check=False)
        self.sysctls.set()
        _ip("link", "add", BRIDGE, "address", HARDWARE_ADDRESS, "type", "bridge")
        _ip("address", "add", f"{NODE}/{PODS.prefixlen}", "dev", BRIDGE)
        _ip("link", "set", BRIDGE, "up")
        # A machine without a default route has no other way to a Service.
        _ip("route", "add", str(SERVICES), "dev", BRIDGE)
        iptables.add()

    def down(self) -> None:
        """Remove it all, also what a killed sandbox has left; nothing that another Kubernetes has made."""
        if self.sysctls.changed:
            iptables.remove()
            # The pods' ends of the bridge would go with the pods' network namespaces, only later.
            ports = [port.name for port in Path(f"/sys/class/net/{BRIDGE}/brif").glob("*")]
            for link in (*ports, BRIDGE):
                subprocess.run(["ip", "link", "delete", link], capture_output=True, check=False)
        self.sysctls.restore()


def overlapping(routes: Mapping[str, str]) -> str | None:
    """The first of `routes` (destination such as `10.0.0.0/8` -> interface) to share addresses with ours.

    Not a route of the whole 10.0.0.0/8, as many a VPN has: ours are narrower and go first.
    """
    for destination, interface in routes.items():
        network = IPv4Network(destination)
        if network.prefixlen >= NARROW and (network.overlaps(PODS) or network.overlaps(SERVICES)):
            return f"{destination} (interface {interface})"
    return None


def _routes() -> dict[str, str]:
    """This machine's routes; not the default one, which overlaps everything."""
    routes = json.loads(_ip("-json", "-4", "route"))
    return {route["dst"]: route.get("dev", "none") for route in routes if route["dst"] != "default"}


def _ip(*arguments: str) -> str:
    done = subprocess.run(["ip", *arguments], capture_output=True, text=True, check=False)
    if done.returncode:
        raise SandboxError(
            f"`ip {' '.join(arguments)}` failed: {done.stderr.strip()}. The pods' network needs it; "
            "the kernel must allow root to change its devices."
        )
    return done.stdout
