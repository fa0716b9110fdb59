"""The files of another revision."""

import subprocess
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from sandbox.errors import SandboxError


@dataclass(frozen=True)
class Revision:
    """A commit, and where its version of a project lies."""

    commit: str
    directory: Path


@contextmanager
def revision(project: Path, reference: str) -> Generator[Revision]:
    """The project as of a commit, in a directory that is gone afterwards. The work tree is not touched.

    Raises SandboxError when the project is in no repository, or the repository lacks the commit.
    """
    top = Path(_git(project, "rev-parse", "--show-toplevel").decode().strip())
    found = _git(project, "rev-parse", "--verify", "--end-of-options", f"{reference}^{{commit}}")
    commit = found.decode().strip()
    with TemporaryDirectory(prefix="base-") as directory:
        # Not by `tarfile`, whose safe extraction Debian 12's Python lacks.
        archive = _git(top, "archive", "--format=tar", commit)
        subprocess.run(["tar", "--extract", "--directory", directory], input=archive, check=True)
        yield Revision(commit, Path(directory) / project.resolve().relative_to(top.resolve()))


def _git(directory: Path, *arguments: str) -> bytes:
    try:
        done = subprocess.run(["git", "-C", directory, *arguments], capture_output=True, check=True)
    except FileNotFoundError:
        raise SandboxError("git is not on PATH, so there is no base to compare with. Install it.") from None
    except subprocess.CalledProcessError as error:
        raise SandboxError(
            f"`git {' '.join(arguments)}` failed in {directory}, so there is no base to compare with: "
            f"{error.stderr.decode().strip()}. Name a commit that this checkout has; "
            "a shallow one gets it with `git fetch --depth=1 origin COMMIT`."
        ) from None
    return done.stdout
