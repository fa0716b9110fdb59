"""The real Pulumi CLI as the engine, with the sandbox's plugins on PATH."""

import json
import os
import shutil
import signal
import subprocess
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from sandbox.engine import journal
from sandbox.engine.engine import Name
from sandbox.engine.state import StateFile
from sandbox.engine.targets import EVERYTHING, Selection
from sandbox.errors import SandboxError
from sandbox.home import Home
from sandbox.policy_pack import PolicyPack
from sandbox.project import Project


def installed() -> bool:
    """Whether `pulumi` is on PATH."""
    return shutil.which("pulumi") is not None


@dataclass(frozen=True)
class PulumiCli:
    """Runs the program from a project file of its own, so that nothing is written beside the user's.

    The state file of the sandbox goes in before an operation and comes out after it: the embedded engine and the
    CLI can take turns.
    """

    home: Home
    project: Project
    stack: str
    stack_file: dict[str, Any]
    """Content of the `Pulumi.<stack>.yaml` to run with, its secrets encrypted."""

    passphrase: str
    state: Path

    def operate(
        self,
        operation: Name,
        *,
        as_json: bool = False,
        policies: PolicyPack | None = None,
        targets: Selection = EVERYTHING,
    ) -> bool:
        """Run one operation; False when it failed. The CLI has told why."""
        self._write_project()
        if operation != "preview" and journal.path_of(self.state).exists():
            # What a killed run of the embedded engine did is not in the state file yet.
            StateFile(self.state, self.passphrase).load(settle=True)
        self._bring_state()
        arguments = [operation, *(["--json"] if as_json else []), *(policies.arguments if policies else [])]
        arguments += targets.arguments
        if operation == "preview":
            return self._run(arguments, check=False).returncode == 0
        # The sandbox's own lock says that nobody else is at it: what holds the stack was killed.
        self._run(["cancel", "--yes"], quiet=True, check=False)
        try:
            return self._run([*arguments, "--yes", "--skip-preview"], check=False).returncode == 0
        finally:
            self._fetch_state()

    @property
    def _directory(self) -> Path:
        return self.home.root / "pulumi" / self.project.name

    @property
    def _checkpoint(self) -> Path:
        return self.home.root / "pulumi" / ".pulumi" / "stacks" / self.project.name / f"{self.stack}.json"

    def _write_project(self) -> None:
        self._directory.mkdir(parents=True, exist_ok=True)
        definition = dict(self.project.definition)
        definition["main"] = str(self.project.directory / definition.get("main", ""))
        definition["runtime"] = _absolute(definition["runtime"], self.project.directory)
        (self._directory / "Pulumi.yaml").write_text(yaml.safe_dump(definition))
        stack_file = self._directory / f"Pulumi.{self.stack}.yaml"
        stack_file.touch(mode=0o600)
        stack_file.write_text(yaml.safe_dump(self.stack_file))

    def _bring_state(self) -> None:
        """Start from the newer state: the sandbox's, or the CLI's own after an operation that was killed."""
        self.state.parent.mkdir(parents=True, exist_ok=True)
        checkpoint, state = self._checkpoint, self.state
        if not checkpoint.exists():
            self._run(["stack", "init", "--secrets-provider", "passphrase"], quiet=True)
        elif state.exists() and checkpoint.stat().st_mtime > state.stat().st_mtime:
            return
        if state.exists():
            self._run(["stack", "import", "--file", str(state)], quiet=True)

    def _fetch_state(self) -> None:
        """Whoever is killed meanwhile leaves the state as it was before."""
        draft = self.state.with_suffix(".draft")
        draft.touch(mode=0o600)
        self._run(["stack", "export", "--file", str(draft)], quiet=True)
        draft.replace(self.state)

    def _run(
        self, arguments: Sequence[str], *, quiet: bool = False, check: bool = True
    ) -> subprocess.CompletedProcess[str]:
        with _interrupt_is_for_the_child():
            done = subprocess.run(
                ["pulumi", *arguments, "--stack", self.stack, "--cwd", str(self._directory), "--non-interactive"],
                env=self._environment(),
                stdin=subprocess.DEVNULL,
                capture_output=quiet,
                text=True,
                check=False,
            )
        if check and done.returncode:
            raise SandboxError(f"`pulumi {' '.join(arguments)}` failed:\n{done.stderr}")
        return done

    def _environment(self) -> dict[str, str]:
        return {
            **os.environ,
            "PULUMI_BACKEND_URL": f"file://{self.home.root / 'pulumi'}",
            "PULUMI_CONFIG_PASSPHRASE": self.passphrase,
            "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
            # With it the CLI would leave out the plugins on PATH, ours among them.
            "PULUMI_IGNORE_AMBIENT_PLUGINS": "false",
            "PULUMI_SKIP_UPDATE_CHECK": "true",
        }


@contextmanager
def _interrupt_is_for_the_child() -> Generator[None]:
    """Ctrl-C reaches the CLI too, which ends in its own time; a handler, unlike SIG_IGN, is not inherited."""
    before = signal.signal(signal.SIGINT, lambda _signal, _frame: None)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _absolute(runtime: Any, directory: Path) -> Any:
    """The runtime with its virtualenv named from the root, since the project file lies elsewhere."""
    options = dict(runtime.get("options") or {}) if isinstance(runtime, dict) else {}
    if "virtualenv" not in options:
        return runtime
    return {**runtime, "options": {**options, "virtualenv": str(directory / options["virtualenv"])}}


def resources(state: Path) -> list[dict[str, Any]]:
    """The resources of a state file; none when there is no file."""
    try:
        return json.loads(state.read_text())["deployment"].get("resources") or []
    except FileNotFoundError:
        return []
    except (ValueError, KeyError, TypeError):
        raise SandboxError(f"The state file {state} is damaged; its last good copy is {state}.bak.") from None
