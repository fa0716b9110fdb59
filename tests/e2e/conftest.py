"""A checkout of its own, with a sandbox of its own: tests edit it freely.

With $GKE_WEBAPP_SANDBOX they share the sandbox that has its home there, and leave it running.
"""

import fcntl
import json
import os
import shlex
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
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

    def run(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """`python -m sandbox ARGUMENTS`; its output is kept for the search for secrets.

        Waits for its turn in a sandbox that is shared.
        """
        done = self._run([sys.executable, "-m", "sandbox", *arguments], environment)
        if VARIABLE in os.environ and "is changing this sandbox, so" in done.stdout:
            with (self.home / "lock").open() as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)
            return self.run(*arguments, **environment)
        self._record(f"sandbox {' '.join(arguments)}", done.stdout)
        return done

    def succeed(self, *arguments: str, **environment: str) -> str:
        """The output of a command that must exit 0."""
        done = self.run(*arguments, **environment)
        assert done.returncode == 0, done.stdout
        return done.stdout

    def shell(
        self, script: str, *, system: str = ".", stack: str = "dev", **environment: str
    ) -> subprocess.CompletedProcess[str]:
        """What a script does in the sandbox's shell, in the directory of a system; with its output as `run` has it."""
        variables = f"{shlex.quote(sys.executable)} -m sandbox env --system {system} --stack {stack}"
        directory = "." if system == "." else f"examples/{system}"
        done = self._run(["bash", "-c", f'eval "$({variables})"; cd {directory}\n{script}'], environment)
        self._record(script, done.stdout)
        return done

    def shell_output(self, script: str, *, system: str = ".", stack: str = "dev", **environment: str) -> str:
        """The output of a script in the sandbox's shell, each of whose commands must exit 0."""
        done = self.shell(f"set -e\n{script}", system=system, stack=stack, **environment)
        assert done.returncode == 0, done.stdout
        return done.stdout

    @cached_property
    def variables(self) -> dict[str, str]:
        """The environment of the sandbox's shell."""
        pairs = self.shell_output("env --null").split("\0")
        return dict(pair.split("=", 1) for pair in pairs if "=" in pair)

    def changes(self, *arguments: str) -> list[dict[str, Any]]:
        """The steps of `preview --json` that change something, each with the `type` of its resource."""
        steps = json.loads(self.succeed("preview", "--json", *arguments))["steps"]
        return [
            {**step, "type": (step.get("newState") or step["oldState"])["type"]}
            for step in steps
            if step["op"] not in ("same", "read")
        ]

    def checkpoint(self, project: str = "gke-webapp", stack: str = "dev") -> Path:
        """The file in which the CLI keeps a stack's state."""
        return self.home / "pulumi" / ".pulumi" / "stacks" / project / f"{stack}.json"

    def deployment(self, project: str = "gke-webapp", stack: str = "dev") -> dict[str, Any]:
        """The state of a stack: `resources`, `pending_operations`."""
        return json.loads(self.checkpoint(project, stack).read_text())["checkpoint"].get("latest") or {}

    def status(self, system: str = ".", stack: str = "dev") -> dict[str, Any]:
        return json.loads(self.succeed("status", "--json", "--system", system, "--stack", stack))

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

    def _run(self, command: list[str], environment: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
        """It runs with these variables over the caller's, and without a terminal."""
        # A program whose Pulumi.yaml names no virtual environment runs with the python that comes first on PATH.
        path = f"{sys.prefix}/bin:{os.environ['PATH']}"
        return subprocess.run(
            command,
            cwd=self.directory,
            env={**os.environ, "COLUMNS": "160", "PATH": path, **environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )

    def _record(self, command: str, output: str) -> None:
        with (self.directory / "transcript").open("a") as transcript:
            transcript.write(f"$ {command}\n{output}\n")

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
    # The virtual environment that Pulumi.yaml names.
    (directory / ".venv").symlink_to(sys.prefix)
    shared = os.environ.get(VARIABLE)
    made = Checkout(directory, Path(shared) if shared else directory / ".sandbox")
    yield made
    if not shared:
        made.run("stop")
