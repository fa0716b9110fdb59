"""Builds Go programs, one after the other, each beside the downloads of the next."""

import contextlib
import fcntl
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from sandbox.cluster import mounts
from sandbox.errors import SandboxError
from sandbox.go.program import FLAGS, Build
from sandbox.progress import Report

SETTINGS = {
    "CGO_ENABLED": "0",
    "GOTOOLCHAIN": "local",
    "GOWORK": "off",
    "GOFLAGS": "",
    "GOGC": "off",
    "GOMEMLIMIT": "2GiB",
}
"""Environment of a build: no C compiler, no other toolchain, nothing that the user set for other programs.

A compiler that collects no garbage before its heap reaches the limit takes seven eighths of the time.
"""

DISCARDED = "discarded-"
"""Prefix of the names of directories that are being removed."""

REPORT_EVERY = 15
"""Seconds between two reports on a Go command that is running."""


def build(builds: Sequence[Build], report: Report) -> None:
    """Make those builds that do not exist; each appears whole or not at all.

    Raises SandboxError without disk, toolchain or modules, or when a compilation fails.
    """
    if not builds or all(each.exists for each in builds):
        return
    cache = builds[0].cache.parent
    cache.mkdir(parents=True, exist_ok=True)
    with _locked(cache / "build.lock", report):
        missing = [each for each in builds if not each.exists]
        if missing:
            require_disk(missing)
            titles = " and ".join(f"{each.program.title} {each.program.version}" for each in missing)
            minutes = sum(each.program.minutes for each in missing)
            report(f"Building {titles}, once: about {minutes} minutes on 2 cores")
            caches = cache / "go-cache"
            with _Builder({**os.environ, **SETTINGS, **go_caches(caches)}, report) as builder:
                builder.build(missing)
            _discard(caches)


class _Builder:
    """Go commands with one environment; leaving the context ends those that run."""

    def __init__(self, environment: dict[str, str], report: Report) -> None:
        self._environment, self._report = environment, report
        self._running: set[subprocess.Popen[bytes]] = set()
        self._downloads = ThreadPoolExecutor(1)

    def __enter__(self) -> "_Builder":
        return self

    def __exit__(self, *_error: object) -> None:
        for process in list(self._running):
            process.terminate()
        self._downloads.shutdown(cancel_futures=True)

    def build(self, builds: Sequence[Build]) -> None:
        for each in builds:
            each.cache.mkdir(exist_ok=True)
            each.log.write_bytes(b"")
        builds[0].toolchain.install(self._report)
        downloads = [self._downloads.submit(self._download, each) for each in builds]
        for each, download in zip(builds, downloads, strict=True):
            if not download.done():
                self._report(f"Fetching the Go modules of {each.program.title}")
            self._compile(each, download.result())
            _prune(each)

    def _download(self, build: Build) -> int:
        """Fetch the modules; returns how many packages there are to compile."""
        # -e: generated files are not there yet; the compilation reports what is really missing.
        return self._go(build, build.program.module, ["list", "-e", "-deps", *build.program.packages])

    def _compile(self, build: Build, packages: int) -> None:
        program = build.program
        for draft in build.cache.glob("*.draft"):
            shutil.rmtree(draft)
        draft = Path(tempfile.mkdtemp(suffix=".draft", dir=build.cache))
        try:
            source, output = draft / "source", draft / "output"
            shutil.copytree(program.module, source)
            output.mkdir()
            if program.generate:
                program.generate(lambda module: self._module(build, module), source, output)
            options = [*FLAGS, "-ldflags", program.linker_flags, "-v", "-o", f"{output}/"]
            started = time.monotonic()

            def progress() -> None:
                compiled = f"{_lines(build.log)} of {packages} packages"
                self._report(f"Building {program.title}: {time.monotonic() - started:.0f} s, {compiled} at most")

            self._go(build, source, ["build", *options, *program.packages], progress)
            output.rename(build.directory)
        finally:
            shutil.rmtree(draft, ignore_errors=True)

    def _module(self, build: Build, module: str) -> Path:
        """The directory that holds the Go module of this path."""
        command = [build.toolchain.go, "list", "-m", "-f", "{{.Dir}}", module]
        done = subprocess.run(
            command, cwd=build.program.module, env=self._environment, capture_output=True, text=True, check=True
        )
        return Path(done.stdout.strip())

    def _go(
        self, build: Build, directory: Path, arguments: list[str], progress: Callable[[], None] = lambda: None
    ) -> int:
        """Run one Go command, its output in the log; returns how many packages it named."""
        with (
            build.log.open("wb") as log,
            subprocess.Popen(
                [build.toolchain.go, *arguments], cwd=directory, env=self._environment, stdout=log, stderr=log
            ) as go,
        ):
            self._running.add(go)
            try:
                while True:
                    try:
                        go.wait(REPORT_EVERY)
                        break
                    except subprocess.TimeoutExpired:
                        progress()
            except BaseException:
                go.terminate()
                raise
            finally:
                self._running.discard(go)
        if go.returncode:
            raise SandboxError(
                f"`go {arguments[0]}` failed, so {build.program.title} is not built. Run the same command again once "
                f"the cause is gone: it resumes. The end of {build.log}:\n{build.log.read_text()[-2000:]}"
            )
        return _lines(build.log)


def _lines(log: Path) -> int:
    return sum(not line.startswith("go: ") for line in log.read_text().splitlines())


def _prune(build: Build) -> None:
    """Remove the builds of other inputs, and their logs; not one that a sandbox is running."""
    for directory in build.cache.glob("v*/"):
        if directory != build.directory and not _in_use(directory):
            shutil.rmtree(directory)
    for log in build.cache.glob("v*.log"):
        if not log.with_suffix("").exists():
            log.unlink()


def _in_use(directory: Path) -> bool:
    """Whether a process runs a program in it."""
    directory = directory.resolve()
    for program in Path("/proc").glob("[0-9]*/exe"):
        with contextlib.suppress(OSError):
            if directory in program.readlink().parents:
                return True
    return False


@contextlib.contextmanager
def _locked(path: Path, report: Report) -> Generator[None]:
    """The cache serves every sandbox of this user: one of them builds, the others wait for it."""
    with path.open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            report("Waiting for another sandbox that is building")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def go_caches(ours: Path, home: Path | None = None) -> dict[str, str]:
    """Environment for Go's caches: none where Go is in use already, else directories under `ours`.

    Without this, building once would leave gigabytes in the user's home for good.
    """
    used = Path(os.environ.get("GOPATH") or (home or Path.home()) / "go") / "pkg" / "mod"
    if used.exists() or "GOMODCACHE" in os.environ:
        return {}
    return {
        "GOMODCACHE": str(ours / "modules"),
        "GOCACHE": str(ours / "packages"),
        "GOFLAGS": "-modcacherw",  # modules are read-only else, and could not be removed after the build
    }


def _discard(caches: Path) -> None:
    """Remove gigabytes of small files, a matter of minutes, beside whatever comes next."""
    if caches.exists():
        caches.rename(Path(tempfile.mkdtemp(prefix=DISCARDED, dir=caches.parent), caches.name))
    # What a machine that was switched off has left is among them.
    if discarded := list(caches.parent.glob(f"{DISCARDED}*")):
        command = ["setsid", "--fork", "nice", "rm", "--recursive", "--force", *discarded]
        nothing = subprocess.DEVNULL
        subprocess.run(command, stdin=nothing, stdout=nothing, stderr=nothing, check=True)


def require_disk(builds: Sequence[Build]) -> None:
    """Refuse builds that would fill up the disk of the cache, which need not exist yet."""
    place = builds[0].cache.parent
    needed = sum(each.program.disk for each in builds)
    free = shutil.disk_usage(mounts.existing(place)).free
    if free < needed:
        titles = " and ".join(each.program.title for each in builds)
        raise SandboxError(
            f"Building {titles} needs {needed >> 20} MiB in {place}, and {free >> 20} MiB are free. "
            "Nothing was built. Free some space, or set XDG_CACHE_HOME to a directory on a larger disk."
        )
