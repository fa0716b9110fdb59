"""containerd: its configuration, the pods' network plugins, the pause image."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

from sandbox.addresses import API_SERVER, BRIDGE, PODS
from sandbox.cluster import mounts
from sandbox.errors import SandboxError
from sandbox.home import Home

PLUGINS = Path("/usr/lib/cni")
NETWORK = "sandbox"
NAMESPACE = "k8s.io"
"""containerd's own namespace for what Kubernetes runs."""


class Containerd:
    """One containerd with all its files in `home`, so that it never meets the machine's own."""

    def __init__(self, home: Home) -> None:
        self.directory = home.root / "cluster" / "containerd"
        self.socket = home.run / "containerd.sock"
        self.state = self.directory / "state"
        self.runc = self.directory / "runc"
        self.network = home.root / "cluster" / "cni"
        self.config = self.directory / "config.toml"

    @property
    def sockets(self) -> tuple[Path, Path]:
        """What it listens on: its own protocol, and that of its shims."""
        return self.socket, self.socket.with_name(f"{self.socket.name}.ttrpc")

    @property
    def command(self) -> list[str]:
        return ["containerd", "--config", str(self.config)]

    def configure(self, pause_image: str) -> None:
        """Write configuration and network; forget the addresses of pods, none of which can be running now."""
        leases = self.network / "leases"
        for lease in leases.glob("*/*"):
            lease.unlink()
        for directory in (self.directory, self.network / "net.d", leases):
            directory.mkdir(parents=True, exist_ok=True)
        (self.network / "net.d" / "10-sandbox.conflist").write_text(json.dumps(network(leases), indent=1))
        self.config.write_text(self._configuration(pause_image))

    def hold(self, image: str, archive: Callable[[], bytes]) -> None:
        """Have `image`, out of a docker archive that is only made when it is missing."""
        if image not in self._ctr("images", "list", "--quiet").decode().split():
            self._ctr("images", "import", "-", standard_input=archive())

    def ready(self) -> bool:
        """Whether it answers."""
        command = ["ctr", "--address", str(self.socket), "version"]
        return self.socket.exists() and subprocess.run(command, capture_output=True, check=False).returncode == 0

    def _ctr(self, *arguments: str, standard_input: bytes = b"") -> bytes:
        command = ["ctr", "--address", str(self.socket), "--namespace", NAMESPACE, *arguments]
        done = subprocess.run(command, input=standard_input, capture_output=True, check=False)
        if done.returncode:
            raise SandboxError(f"`{' '.join(command)}` failed: {done.stderr.decode(errors='replace').strip()}")
        return done.stdout

    def _configuration(self, pause_image: str) -> str:
        # An overlay cannot lie on another one, as in a machine that is a container itself.
        snapshotter = "native" if mounts.file_system(self.directory) == "overlay" else "overlayfs"
        cri = 'plugins."io.containerd.grpc.v1.cri"'
        return f"""\
version = 2
root = {_toml(self.directory / "root")}
state = {_toml(self.state)}

[grpc]
  address = {_toml(self.socket)}

[plugins."io.containerd.internal.v1.opt"]
  path = {_toml(self.directory / "opt")}

[{cri}]
  sandbox_image = {_toml(pause_image)}
  # Negative values are forbidden in some machines, and every pod fails where they are.
  restrict_oom_score_adj = true
  netns_mounts_under_state_dir = true
  stream_server_address = {_toml(API_SERVER)}
  # As containerd 2 has it, which GKE runs: a pod without root may serve port 80.
  enable_unprivileged_ports = true
  enable_unprivileged_icmp = true

[{cri}.containerd]
  snapshotter = {_toml(snapshotter)}

[{cri}.containerd.runtimes.runc]
  runtime_type = "io.containerd.runc.v2"

[{cri}.containerd.runtimes.runc.options]
  Root = {_toml(self.runc)}

[{cri}.cni]
  bin_dir = {_toml(PLUGINS)}
  conf_dir = {_toml(self.network / "net.d")}
"""


def network(leases: Path) -> dict[str, object]:
    """The pods' network, for the CNI plugins: the node's bridge, addresses handed out from files in `leases`.

    No port mapping: a hostPort would listen on every address of the machine.
    """
    bridge = {
        "type": "bridge",
        "bridge": BRIDGE,
        "isGateway": True,
        "hairpinMode": True,
        "ipam": {
            "type": "host-local",
            "dataDir": str(leases),
            "ranges": [[{"subnet": str(PODS)}]],
            "routes": [{"dst": "0.0.0.0/0"}],
        },
    }
    return {"cniVersion": "1.0.0", "name": NETWORK, "plugins": [bridge]}


def _toml(text: object) -> str:
    """A TOML string; JSON's rules for quoting are a part of TOML's."""
    return json.dumps(str(text))
