"""Kubernetes built from upstream's Go modules, cached by the hash of all that goes into it."""

import contextlib
import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Generator, Mapping
from pathlib import Path

from sandbox.cluster import mounts
from sandbox.cluster.toolchain import Toolchain
from sandbox.errors import SandboxError
from sandbox.home import Home
from sandbox.progress import Report

MODULE = Path(__file__).parent / "kubernetes"
INPUTS = ("go.mod", "go.sum", "main.go", "provisioner.go", "pause/main.go")
PROGRAMS = (".", "./pause")

FLAGS = ("-trimpath", "-buildvcs=false", "-gcflags=all=-dwarf=false -l")
"""Neither debug information nor inlining: building takes two thirds of the time, and one node has little to do."""

SETTINGS = {"CGO_ENABLED": "0", "GOTOOLCHAIN": "local", "GOWORK": "off", "GOFLAGS": ""}
"""Environment of the build: no C compiler, no other toolchain, nothing that the user set for other programs."""

DISK = 4 << 30
"""Bytes a first build takes at its peak: modules, build cache and two programs, with some air."""

REPORT_EVERY = 15
"""Seconds between two signs of life."""


def _asked(pattern: str) -> str:
    match = re.search(pattern, (MODULE / "go.mod").read_text(), re.MULTILINE)
    assert match, f"go.mod lacks {pattern}"
    return match[1]


VERSION = _asked(r"^\s*k8s\.io/kubernetes (v\S+)$")
"""Of Kubernetes, such as `v1.36.3`: what go.mod asks for."""

GO_MINIMUM = _asked(r"^go (\S+)$")


def linker_flags(version: str = VERSION) -> str:
    """Linker options that make every component report `version`; clients parse it."""
    major, minor, _ = version.removeprefix("v").split(".")
    values = {"gitVersion": version, "gitMajor": major, "gitMinor": minor}
    packages = ("k8s.io/component-base/version", "k8s.io/client-go/pkg/version")
    return " ".join(["-s -w", *(f"-X {p}.{name}={value}" for p in packages for name, value in values.items())])


class Build:
    """The two programs, `kubernetes` and `pause`, in a directory of the cache named by their inputs."""

    def __init__(self, home: Home) -> None:
        self.cache = home.cache / "kubernetes"
        self.toolchain = Toolchain.choose(home, GO_MINIMUM)
        self.key = self._key()
        self.directory = self.cache / self.key
        self.kubernetes = self.directory / "kubernetes"
        self.pause = self.directory / "pause"
        self.log = self.cache / f"{self.key}.log"

    def run(self, report: Report) -> None:
        """Build unless it is there; leaves no half build.

        Raises SandboxError without disk, toolchain or modules.
        """
        if self.directory.exists():
            return
        self.cache.mkdir(parents=True, exist_ok=True)
        with self._alone(report):
            if not self.directory.exists():
                self._build(report)
                self._prune()

    def _build(self, report: Report) -> None:
        for draft in self.cache.glob("*.draft"):
            shutil.rmtree(draft)
        require_disk(self.cache)
        self.toolchain.install(report)
        caches = self.cache.parent / "go-cache"
        environment = {**os.environ, **SETTINGS, **go_caches(caches)}
        draft = Path(tempfile.mkdtemp(suffix=".draft", dir=self.cache))
        try:
            report(f"Fetching the Go modules of Kubernetes {VERSION} (0.6 GB, unless they are here)")
            listed = self._go(["list", "-deps", *PROGRAMS], environment, report, "Fetching Go modules")
            report(f"Building Kubernetes {VERSION} from {listed} Go packages (about 4 minutes on 2 cores)")
            options = [*FLAGS, "-ldflags", linker_flags(), "-v", "-o", f"{draft}/"]
            self._go(["build", *options, *PROGRAMS], environment, report, "Building Kubernetes", listed)
            draft.rename(self.directory)
        finally:
            shutil.rmtree(draft, ignore_errors=True)
        shutil.rmtree(caches, ignore_errors=True)

    def _go(
        self, arguments: list[str], environment: Mapping[str, str], report: Report, doing: str, total: int = 0
    ) -> int:
        """Run one go command in the module, its words in the log; returns how many packages it named."""
        started = time.monotonic()
        with (
            self.log.open("wb") as log,
            subprocess.Popen(
                [self.toolchain.go, *arguments], cwd=MODULE, env=environment, stdout=log, stderr=log
            ) as go,
        ):
            try:
                while True:
                    try:
                        go.wait(REPORT_EVERY)
                        break
                    except subprocess.TimeoutExpired:
                        share = f", package {self._packages()} of {total}" if total else ""
                        report(f"{doing}: {time.monotonic() - started:.0f} s{share}")
            except BaseException:
                go.terminate()
                raise
        if go.returncode:
            raise SandboxError(
                f"`go {arguments[0]}` failed, so there is no Kubernetes to start. Run it again once the "
                f"cause is gone: it resumes. The end of {self.log}:\n{self.log.read_text()[-2000:]}"
            )
        return self._packages()

    def _packages(self) -> int:
        return sum(not line.startswith("go: ") for line in self.log.read_text().splitlines())

    def _prune(self) -> None:
        """Remove the builds of other inputs, and their logs; not one that a sandbox is running."""
        for directory in self.cache.glob("v*/"):
            if directory != self.directory and not _in_use(directory):
                shutil.rmtree(directory)
        for log in self.cache.glob("v*.log"):
            if not log.with_suffix("").exists():
                log.unlink()

    def _key(self) -> str:
        digest = hashlib.sha256(repr((self.toolchain.version, FLAGS, linker_flags())).encode())
        for name in INPUTS:
            digest.update(hashlib.sha256((MODULE / name).read_bytes()).digest())
        return f"{VERSION}-{digest.hexdigest()[:16]}"

    @contextlib.contextmanager
    def _alone(self, report: Report) -> Generator[None]:
        """The cache serves every sandbox of this user: one of them builds, the others wait for it."""
        with (self.cache / "lock").open("a") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                report(f"Waiting for another sandbox that is building Kubernetes {VERSION}")
                fcntl.flock(lock, fcntl.LOCK_EX)
            yield


def go_caches(ours: Path, home: Path | None = None) -> dict[str, str]:
    """Environment for Go's caches: none where Go is in use already, else directories under `ours`.

    Without this, building once would leave 3 GB in the user's home for good.
    """
    used = Path(os.environ.get("GOPATH") or (home or Path.home()) / "go") / "pkg" / "mod"
    if used.exists() or "GOMODCACHE" in os.environ:
        return {}
    return {
        "GOMODCACHE": str(ours / "modules"),
        "GOCACHE": str(ours / "packages"),
        "GOFLAGS": "-modcacherw",  # modules are read-only else, and could not be removed after the build
    }


def _in_use(directory: Path) -> bool:
    """Whether a process runs a program in it."""
    directory = directory.resolve()
    for program in Path("/proc").glob("[0-9]*/exe"):
        with contextlib.suppress(OSError):
            if directory in program.readlink().parents:
                return True
    return False


def require_disk(place: Path, needed: int = DISK) -> None:
    """Refuse to fill up the disk that holds `place` (which need not exist yet)."""
    free = shutil.disk_usage(mounts.existing(place)).free
    if free < needed:
        raise SandboxError(
            f"Building Kubernetes needs {needed >> 20} MiB in {place}, and {free >> 20} MiB are free. "
            "Nothing was built. Free some space, or set XDG_CACHE_HOME to a directory on a larger disk."
        )
