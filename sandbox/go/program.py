"""A program that is built from Go modules, and where its build is kept."""

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sandbox.go.toolchain import Toolchain
from sandbox.home import Home

FLAGS = ("-trimpath", "-buildvcs=false", "-gcflags=all=-dwarf=false -l")
"""Neither debug information nor inlining: building takes two thirds of the time, and one node has little to do."""

Directory = Callable[[str], Path]
"""Gives the directory that holds a Go module of this path."""


@dataclass(frozen=True)
class GoProgram:
    """Executables of one Go module in this repository."""

    name: str
    """The directory of its builds in the cache, such as `pulumi`."""
    title: str
    """As people know it, such as `the Pulumi CLI`."""
    version: str
    module: Path
    """The directory of `go.mod`; every file in it counts as an input."""
    linker_flags: str
    minutes: int
    """That a first build takes on two cores."""
    disk: int
    """Bytes of modules, build cache and executables that a first build adds."""
    packages: tuple[str, ...] = (".",)
    generate: Callable[[Directory, Path, Path], None] | None = None
    """Writes what upstream does not ship, given where modules are: into a copy of the module, and into the build."""

    @property
    def minimum_go(self) -> str:
        """The Go release that `go.mod` asks for."""
        return required(self.module, r"^go (\S+)$")


@dataclass(frozen=True)
class Build:
    """A directory in the cache named by everything that goes into the executables."""

    program: GoProgram
    toolchain: Toolchain
    cache: Path

    @classmethod
    def locate(cls, home: Home, program: GoProgram) -> "Build":
        """The build for this machine's toolchain, whether it exists or not."""
        return cls(program, Toolchain.choose(home, program.minimum_go), home.cache / program.name)

    @property
    def key(self) -> str:
        program = self.program
        digest = hashlib.sha256(repr((self.toolchain.version, FLAGS, program.linker_flags, program.packages)).encode())
        for path in sorted(path for path in program.module.rglob("*") if path.is_file()):
            digest.update(
                f"{path.relative_to(program.module)} {hashlib.sha256(path.read_bytes()).hexdigest()}".encode()
            )
        return f"{program.version}-{digest.hexdigest()[:16]}"

    @property
    def directory(self) -> Path:
        return self.cache / self.key

    @property
    def log(self) -> Path:
        """What the Go commands of the last attempt printed."""
        return self.cache / f"{self.key}.log"

    @property
    def exists(self) -> bool:
        return self.directory.exists()

    def executable(self, name: str) -> Path:
        return self.directory / name


def required(module: Path, pattern: str) -> str:
    """The version that a module's `go.mod` asks for: the first group of `pattern`, a regular expression of a line."""
    match = re.search(pattern, (module / "go.mod").read_text(), re.MULTILINE)
    if match is None:
        raise LookupError(f"{module / 'go.mod'} has no line {pattern}")
    return match[1]
