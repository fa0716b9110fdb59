"""Packet filter rules: ours set, and those of the whole cluster taken away again, with the sets that they refer to."""

import re
import shutil
import subprocess

from sandbox.addresses import API_SERVER, BRIDGE, NODE, PODS, SERVICES
from sandbox.errors import SandboxError

FAMILIES = ("iptables", "ip6tables")
OURS = ("SANDBOX-", "KUBE-")
"""How the names of our chains begin; kubelet, kube-proxy and kube-router make the latter."""

SETS = re.compile(r"(KUBE-SRC|KUBE-DST|TMP)-[A-Z2-7]{16}")
"""Names of kube-router's sets of addresses, and of those that it was filling when it was killed."""

API = f"{API_SERVER}:443"

RULES = f"""\
*nat
:SANDBOX-PREROUTING - [0:0]
:SANDBOX-POSTROUTING - [0:0]
-I PREROUTING -j SANDBOX-PREROUTING
-I POSTROUTING -j SANDBOX-POSTROUTING
-A SANDBOX-PREROUTING -i {BRIDGE} -d {SERVICES[1]} -p tcp --dport 443 -j DNAT --to-destination {API}
-A SANDBOX-POSTROUTING -s {PODS} ! -d {PODS} -j MASQUERADE
COMMIT
*mangle
:SANDBOX-FORWARD - [0:0]
-I FORWARD -j SANDBOX-FORWARD
-A SANDBOX-FORWARD ! -i {BRIDGE} -o {BRIDGE} -m conntrack ! --ctstate RELATED,ESTABLISHED -j DROP
COMMIT
*filter
:SANDBOX-INPUT - [0:0]
:SANDBOX-FORWARD - [0:0]
-I INPUT -j SANDBOX-INPUT
-I FORWARD -j SANDBOX-FORWARD
-A SANDBOX-INPUT -i {BRIDGE} -d {NODE} -j ACCEPT
-A SANDBOX-INPUT -i {BRIDGE} -d {API_SERVER} -p tcp --dport 443 -j ACCEPT
-A SANDBOX-FORWARD -i {BRIDGE} -j ACCEPT
-A SANDBOX-FORWARD -o {BRIDGE} -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
COMMIT
"""
"""Pods reach the API server, the node, each other and what the machine reaches; nobody outside reaches one.

What is dropped is dropped before the table filter, where kube-router accepts whatever no NetworkPolicy forbids.
"""


def add() -> None:
    """Set our rules. Raises SandboxError in the words of iptables."""
    _restore("iptables", RULES)


def remove() -> None:
    """Take away every chain of ours, every jump to one, and the sets: the kernel keeps those while a rule has them."""
    for family in FAMILIES:
        if script := removal(_saved(family)):
            _restore(family, script)
    if shutil.which("ipset"):
        names = subprocess.run(["ipset", "list", "-name"], capture_output=True, text=True, check=False).stdout
        for name in filter(SETS.fullmatch, names.splitlines()):
            subprocess.run(["ipset", "destroy", name], capture_output=True, check=False)


def foreign_kubernetes() -> bool:
    """Whether there are chains of a kube-proxy; to be asked while ours has none."""
    return any(re.search(r"^:KUBE-(SERVICES|NODEPORTS)\b", _saved(family), re.MULTILINE) for family in FAMILIES)


def removal(saved: str) -> str:
    """What makes `iptables-restore --noflush` undo our part of `iptables-save`'s output; empty for none."""
    script: list[str] = []
    for table in re.findall(r"^\*.*?^COMMIT$", saved, re.MULTILINE | re.DOTALL):
        lines = table.splitlines()
        ours = [line[1:].split()[0] for line in lines if line.startswith(tuple(f":{prefix}" for prefix in OURS))]
        if not ours:
            continue
        jumps = [
            f"-D{line[2:]}"
            for line in lines
            if line.startswith("-A") and _target(line) in ours and line.split()[1] not in ours
        ]
        emptied = [f":{chain} - [0:0]" for chain in ours]
        script += [lines[0], *emptied, *jumps, *(f"-X {chain}" for chain in ours), "COMMIT", ""]
    return "\n".join(script)


def _target(rule: str) -> str | None:
    """Where it jumps to; a comment, in quotation marks, may say anything."""
    match = re.search(r" -[jg] (\S+)", re.sub(r'"[^"]*"', "", rule))
    return match[1] if match else None


def _saved(family: str) -> str:
    """Empty where the kernel does not know the family."""
    return subprocess.run([f"{family}-save"], capture_output=True, text=True, check=False).stdout


def _restore(family: str, script: str) -> None:
    command = [f"{family}-restore", "--noflush", "--wait", "5"]
    done = subprocess.run(command, input=script, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SandboxError(
            f"`{' '.join(command)}` failed: {done.stderr.strip()}. The pods' network needs these rules; "
            "the kernel must allow root to change them."
        )
