"""A checkout of its own, with a sandbox of its own: tests edit it freely.

With $GKE_WEBAPP_SANDBOX they share the sandbox that has its home there, and leave it running.
"""

import fcntl
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from sandbox.home import VARIABLE

REPOSITORY = Path(__file__).resolve().parents[2]

# A shell has what it runs in the background ignore Ctrl-C; what the tests start must hear it all the same.
signal.signal(signal.SIGINT, signal.default_int_handler)


@dataclass(frozen=True)
class Checkout:
    """A copy of the work tree, used through the commands that a user types."""

    directory: Path
    home: Path

    def run(self, *arguments: str, seconds: float = 600, **environment: str) -> subprocess.CompletedProcess[str]:
        """`python -m sandbox ARGUMENTS`; its output is kept for the search for secrets.

        Waits for its turn in a sandbox that is shared.
        """
        done = subprocess.run(
            [sys.executable, "-m", "sandbox", *arguments],
            cwd=self.directory,
            env={**os.environ, "COLUMNS": "160", **environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=seconds,
            check=False,
        )
        if VARIABLE in os.environ and "is changing this sandbox, so" in done.stdout:
            with (self.home / "lock").open() as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)
            return self.run(*arguments, seconds=seconds, **environment)
        with (self.directory / "transcript").open("a") as transcript:
            transcript.write(f"$ sandbox {' '.join(arguments)}\n{done.stdout}\n")
        return done

    def succeed(self, *arguments: str, seconds: float = 600, **environment: str) -> str:
        """The output of a command that must exit 0."""
        done = self.run(*arguments, seconds=seconds, **environment)
        assert done.returncode == 0, done.stdout
        return done.stdout

    def status(self, system: str = ".") -> dict[str, Any]:
        return json.loads(self.succeed("status", "--json", "--system", system))

    def kubectl(self, *arguments: str) -> str:
        """The output of kubectl with cluster-admin rights."""
        return subprocess.run(
            [self.home / "bin" / "kubectl", *arguments],
            env={**os.environ, "KUBECONFIG": str(self.home / "kubeconfig")},
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        ).stdout

    def objects(self, *arguments: str) -> list[dict[str, Any]]:
        """What `kubectl get ARGUMENTS` finds."""
        return json.loads(self.kubectl("get", *arguments, "--output=json"))["items"]

    def curl(self, path: str, *, https: bool) -> tuple[int, str]:
        """Status and body of a GET at the stack's address, as curl sees it."""
        status = self.status()
        scheme, port = ("https", 443) if https else ("http", 80)
        command = [
            *("curl", "--silent", "--show-error", "--max-time", "10", "--write-out", "\n%{http_code}"),
            *("--cacert", status["ca"]),
            *("--resolve", f"{status['domain']}:{port}:{status['address']}"),
            f"{scheme}://{status['domain']}{path}",
        ]
        output = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        body, _, code = output.rpartition("\n")
        return int(code), body

    def edit(self, file: str, old: str, new: str) -> None:
        """Replace the one occurrence of `old` in a file."""
        path = self.directory / file
        text = path.read_text()
        assert text.count(old) == 1, f"{file} holds {text.count(old)} times {old!r}"
        path.write_text(text.replace(old, new))


@pytest.fixture(scope="session")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Checkout]:
    """A checkout whose sandbox is stopped at the end."""
    directory = tmp_path_factory.mktemp("checkout")
    files = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    for file in files:
        if (REPOSITORY / file).exists():
            (directory / file).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(REPOSITORY / file, directory / file)
    shared = os.environ.get(VARIABLE)
    made = Checkout(directory, Path(shared) if shared else directory / ".sandbox")
    yield made
    if not shared:
        made.run("stop")
