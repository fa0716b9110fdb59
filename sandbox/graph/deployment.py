"""One stack of one revision, which the Pulumi CLI runs in a scratch project directory."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from sandbox.graph.offline import OfflineProject
from sandbox.graph.place import Place
from sandbox.graph.policy_pack import PolicyPack
from sandbox.graph.resource import Resource
from sandbox.graph.run import Run
from sandbox.graph.workspace import Workspace


@dataclass(frozen=True)
class Deployment:
    """`project` is the revision's; `environment` the project directory whose virtual environment the program gets.

    `label` tells the revisions of a stack apart.
    """

    workspace: Workspace
    project: OfflineProject
    stack: str
    environment: Path
    label: str

    def up(self) -> Run:
        """Bring the stack up, beside the other stacks of the workspace."""
        return self._run(["up", "--yes", "--skip-preview", "--suppress-outputs"])

    def preview(self, policies: PolicyPack | None) -> Run:
        flags = ["--json", "--show-sames", "--show-replacement-steps"]
        return self._run(["preview", *flags, *(policies.arguments if policies else [])])

    def resources(self) -> list[Resource]:
        """What the stack's state holds."""
        return [Resource(entry) for entry in self.place.resources(self.project.name, self.stack)]

    def unprotect(self) -> None:
        self.place.unprotect(self.project.name, self.stack)

    def take_over(self, other: "Deployment") -> None:
        """Let the program read the outputs of another stack, which is up."""
        self.place.create_stack(self.project.name, self.stack)
        self.place.copy_stack(other.place, other.project.name, other.stack)

    @property
    def place(self) -> Place:
        return self.workspace.place(self.stack)

    @property
    def _directory(self) -> Path:
        return self.place.directory / self.label

    @property
    def _imports(self) -> Path:
        """The top of the revision's tree: a program below it imports what is there, not what is installed."""
        places = [self.project.directory, *self.project.directory.parents]
        return next((place for place in places if (place / "pyproject.toml").exists()), self.project.directory)

    def _run(self, arguments: Sequence[str]) -> Run:
        self._write_project()
        self.place.create_stack(self.project.name, self.stack)
        log = self._directory / "events.json"
        log.unlink(missing_ok=True)
        command = [*arguments, "--stack", self.stack, "--event-log", str(log)]
        done = self.workspace.run(command, self._directory, self.place, self._imports)
        return Run.of(done.returncode, done.stdout, done.stderr, log)

    def _write_project(self) -> None:
        """A project file that runs the revision's program, and the stack file with opaque secrets."""
        self._directory.mkdir(parents=True, exist_ok=True)
        definition = {
            "name": self.project.name,
            "main": str(self.project.directory / self.project.definition.get("main", "")),
            "runtime": self._runtime(),
        }
        (self._directory / "Pulumi.yaml").write_text(yaml.safe_dump(definition))
        stack_file = self.project.stack_file(self.stack, self.workspace.passphrase)
        (self._directory / f"Pulumi.{self.stack}.yaml").write_text(yaml.safe_dump(stack_file))

    def _runtime(self) -> Any:
        """The project's runtime with its virtual environment, if there is one, else with the sandbox's."""
        runtime = self.project.definition["runtime"]
        name, options = (runtime["name"], runtime.get("options") or {}) if isinstance(runtime, dict) else (runtime, {})
        if name != "python":
            return runtime
        virtualenv = self.environment / options.get("virtualenv", ".venv")
        chosen = virtualenv if (virtualenv / "bin" / "python").exists() else Path(sys.prefix)
        return {"name": "python", "options": {"toolchain": "pip", "virtualenv": str(chosen)}}
