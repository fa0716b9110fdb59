"""Kernel settings that the cluster changes, put back when it ends."""

import json
from pathlib import Path

from sandbox.errors import SandboxError
from sandbox.home import Home

NEEDED = {
    "net.ipv4.ip_forward": "1",
    # A NodePort answers on 127.0.0.1, and a pod reaches the API server, which listens on loopback only.
    "net.ipv4.conf.all.route_localnet": "1",
    # Else the reply of a Service's pod on the same bridge reaches the client with the pod's own address.
    "net.bridge.bridge-nf-call-iptables": "1",
}

CHANGED_BY_KUBELET = (
    "kernel.keys.root_maxbytes",
    "kernel.keys.root_maxkeys",
    "kernel.panic",
    "kernel.panic_on_oops",
    "vm.overcommit_memory",
    "vm.panic_on_oom",
)


class Sysctls:
    """The former values are kept in `cluster/sysctls.json`; those of an earlier boot mean nothing now."""

    def __init__(self, home: Home, proc: Path = Path("/proc/sys")) -> None:
        self.record = home.root / "cluster" / "sysctls.json"
        self.proc = proc

    @property
    def changed(self) -> bool:
        """Whether the cluster has taken over the machine's settings since it was booted."""
        return self._former() is not None

    def set(self) -> None:
        """Remember what is there, then set what the cluster needs."""
        former = self._former()
        if former is None:
            former = {name: self._read(name) for name in (*NEEDED, *CHANGED_BY_KUBELET)}
            self.record.parent.mkdir(parents=True, exist_ok=True)
            self.record.write_text(json.dumps({"boot": self._boot(), "former": former}))
        for name, value in NEEDED.items():
            self._write(name, value)

    def restore(self) -> None:
        """Put back what differs, and forget it."""
        for name, value in (self._former() or {}).items():
            if self._read(name) != value:
                self._write(name, value)
        self.record.unlink(missing_ok=True)

    def _former(self) -> dict[str, str] | None:
        try:
            record = json.loads(self.record.read_text())
        except (FileNotFoundError, json.JSONDecodeError):
            return None
        return record["former"] if record["boot"] == self._boot() else None

    def _read(self, name: str) -> str:
        try:
            return self._path(name).read_text().strip()
        except OSError as error:
            raise SandboxError(
                f"This kernel has no setting {name} ({error.strerror}), and pods need it to reach Services. "
                "Use a kernel with bridge filtering (`modprobe br_netfilter`)."
            ) from None

    def _write(self, name: str, value: str) -> None:
        try:
            self._path(name).write_text(value)
        except OSError as error:
            raise SandboxError(
                f"The kernel setting {name} cannot be set to {value} ({error.strerror}), and pods would not "
                "reach each other. Allow root to set it, or use a machine with a kernel of its own."
            ) from None

    def _path(self, name: str) -> Path:
        return self.proc / name.replace(".", "/")

    def _boot(self) -> str:
        return (self.proc / "kernel/random/boot_id").read_text().strip()
