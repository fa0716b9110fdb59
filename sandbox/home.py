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
    def bin(self) -> Path:
        """Commands put first on PATH: the credential helper of the local cluster, kubectl, plugins that simulate."""
        return self.root / "bin"

    @property
    def plugins(self) -> Path:
        """The other provider plugins, put last on PATH, so that real ones come first."""
        return self.root / "plugins"

    @property
    def pki(self) -> Path:
        """Certificate authorities, keys and tokens (mode 0700)."""
        return self.root / "pki"

    @property
    def state(self) -> Path:
        """Pulumi deployments: `<project>/<stack>.json`."""
        return self.root / "state"

    @property
    def credentials(self) -> Path:
        """Generated registry token and state passphrase (mode 0600)."""
        return self.root / "credentials.json"

    @property
    def google(self) -> Path:
        """What the simulated Google API has recorded."""
        return self.root / "google.json"

    @property
    def environment(self) -> dict[str, str]:
        """What the sandbox's commands and their children run with: this home, and PATH."""
        # A shell opened with `su` has root's rights and an ordinary user's PATH.
        administration = "/usr/local/sbin:/usr/sbin:/sbin"
        path = f"{self.bin}:{os.environ['PATH']}:{administration}:{self.plugins}"
        return {VARIABLE: str(self.root), "PATH": path}
