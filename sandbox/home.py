"""Where the sandbox keeps what it makes."""

import os
from dataclasses import dataclass
from pathlib import Path

VARIABLE = "GKE_WEBAPP_SANDBOX"
"""Environment variable that hands the home to child processes (plugins, credential helper)."""


@dataclass(frozen=True)
class Home:
    """The sandbox's directories. `root` dies with the sandbox, `cache` outlives it."""

    root: Path
    cache: Path

    @classmethod
    def locate(cls) -> "Home":
        """The home named by the environment, else `.sandbox` beside this package."""
        beside = Path(__file__).resolve().parent.parent / ".sandbox"
        caches = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
        return cls(Path(os.environ.get(VARIABLE) or beside).absolute(), caches.absolute() / "gke-webapp")

    @property
    def run(self) -> Path:
        """Pid files and sockets."""
        return self.root / "run"

    @property
    def logs(self) -> Path:
        """One file per process."""
        return self.root / "logs"

    @property
    def temporary(self) -> Path:
        """TMPDIR of the CLI: the Kubernetes provider leaves a kubeconfig there in each run."""
        return self.root / "tmp"

    @property
    def bin(self) -> Path:
        """Commands put first on PATH: pulumi, kubectl, and the credential helper of the local cluster."""
        return self.root / "bin"

    @property
    def pki(self) -> Path:
        """Certificate authorities, keys and tokens (mode 0700)."""
        return self.root / "pki"

    @property
    def pulumi(self) -> Path:
        """PULUMI_HOME: the plugins and workspaces of the CLI."""
        return self.root / "pulumi-home"

    @property
    def backend(self) -> Path:
        """The directory of the CLI's file backend."""
        return self.root / "pulumi"

    @property
    def projects(self) -> Path:
        """One directory a Pulumi project: its Pulumi.yaml, and its stack files with the sandbox's values."""
        return self.root / "projects"

    @property
    def credentials(self) -> Path:
        """Generated registry token and state passphrase (mode 0600)."""
        return self.root / "credentials.json"

    @property
    def passphrase(self) -> Path:
        """The state passphrase alone, for PULUMI_CONFIG_PASSPHRASE_FILE (mode 0600)."""
        return self.root / "passphrase"

    @property
    def google(self) -> Path:
        """What the simulated Google API has recorded."""
        return self.root / "google.json"

    @property
    def environment(self) -> dict[str, str]:
        """What the sandbox's commands and their children run with: this home, and PATH."""
        # A shell opened with `su` has root's rights and an ordinary user's PATH.
        administration = "/usr/local/sbin:/usr/sbin:/sbin"
        path = f"{self.bin}:{os.environ['PATH']}:{administration}"
        return {VARIABLE: str(self.root), "PATH": path}
