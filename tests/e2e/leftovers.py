"""What a sandbox could leave on a machine."""

import subprocess
from pathlib import Path


def leftovers(home: Path) -> list[str]:
    """Processes, mounts, devices, network namespaces, iptables chains and ipsets of a sandbox that should be gone."""
    found = [f"process {line}" for line in _lines("ps", "-eo", "pid,args") if str(home) in line]
    found += [f"mount {line}" for line in _lines("cat", "/proc/mounts") if str(home) in line]
    found += [f"device {line}" for line in _lines("ip", "-brief", "link") if line.startswith(("sandbox0", "veth"))]
    found += [f"namespace {line}" for line in _lines("ip", "netns", "list") if line.startswith("cni-")]
    found += [f"chain {line}" for line in _lines("iptables-save") if line.startswith((":KUBE-", ":CNI-", ":SANDBOX-"))]
    found += [f"set {line}" for line in _lines("ipset", "list", "-name") if line.startswith("KUBE-")]
    return found


def _lines(*command: str) -> list[str]:
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
