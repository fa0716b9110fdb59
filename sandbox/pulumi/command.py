"""One command of the CLI on the sandbox, as `pulumi` of the sandbox's shell runs it."""

import os
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sandbox.errors import SandboxError
from sandbox.home import Home
from sandbox.project import Project
from sandbox.pulumi.environment import environment
from sandbox.pulumi.home import PulumiHome
from sandbox.pulumi.installation import Installation
from sandbox.pulumi.invocation import Invocation
from sandbox.pulumi.stack import Stack
from sandbox.session import PASSPHRASE, Session
from sandbox.validation import validate

CONFIGURED = frozenset({"config", "destroy", "import", "preview", "refresh", "up", "update", "watch"})
"""Commands that read the stack file."""

EVALUATING = frozenset({"import", "preview", "up", "update", "watch"})
"""Commands that run the program, and so find mistakes in the stack file."""

DETACHED = frozenset({"cancel", "destroy", "stack", "state"})
"""Commands that may write or delete the stack file of the directory they run in: they run in one of the sandbox's."""

WRITING = frozenset({"cp", "refresh", "rm", "rm-all", "set", "set-all"})
"""Subcommands of `config` that write a stack file."""


@dataclass(frozen=True)
class Command:
    """What to execute, and with which environment."""

    arguments: list[str]
    environment: dict[str, str]

    @classmethod
    def prepare(cls, home: Home, arguments: Sequence[str]) -> "Command":
        """Write the files that the CLI reads, from the user's as they are now.

        Raises SandboxError for mistakes in the stack file, and for what a sandbox cannot do.
        """
        installation = Installation.locate(home)
        if installation.missing:
            raise SandboxError("The Pulumi CLI is not built yet, so nothing was done. Run `make up` once.")
        PulumiHome(home.pulumi).install(home, installation)
        home.temporary.mkdir(mode=0o700, exist_ok=True)
        variables = {name: value for name, value in os.environ.items() if name != PASSPHRASE} | environment(home)
        variables["TMPDIR"] = str(home.temporary)
        command = cls([str(installation.pulumi), *arguments], variables)
        invocation = Invocation.parse(arguments)
        if invocation.project is None:
            return command
        return command._of_project(home, invocation, Project(invocation.project))

    def run(self, *, quiet: bool = False) -> subprocess.CompletedProcess[str]:
        """Run it to its end, `quiet` with its output in the result."""
        return subprocess.run(self.arguments, env=self.environment, capture_output=quiet, text=True, check=False)

    def _of_project(self, home: Home, invocation: Invocation, project: Project) -> "Command":
        pulumi = self.arguments[0]
        if invocation.command == "config" and WRITING.intersection(invocation.words[1:2]):
            raise SandboxError(
                f"`pulumi config {invocation.words[1]}` would write a stack file, and the sandbox reads the project's "
                f"own, so nothing was changed. Edit Pulumi.<stack>.yaml in {project.directory}; what only the sandbox "
                "needs goes into sandbox.yaml beside it."
            )
        if "config-file" in invocation.given:
            raise SandboxError(
                "--config-file would leave out the sandbox's values, so nothing was done. Put the values into "
                f"Pulumi.<stack>.yaml in {project.directory}, or into that of another stack."
            )
        directory = home.projects / project.name
        Stack(Session(home, project, "")).write_project()
        name = invocation.stack or self.environment.get("PULUMI_STACK") or self._selected(directory)
        variables = {**self.environment, **({"PULUMI_STACK": name} if name else {})}
        if name and invocation.command in CONFIGURED and _file(project, name).exists():
            if invocation.command in EVALUATING:
                validate(project, name)
            stack = Stack(Session(home, project, name))
            stack.write_file()
            variables["PULUMI_OPTION_CONFIG_FILE"] = str(stack.file)
        if invocation.command in DETACHED:
            return Command([pulumi, "--cwd", str(directory), *_absolute(invocation)], variables)
        return Command(self.arguments, variables)

    def _selected(self, directory: Path) -> str | None:
        """What `pulumi stack select` chose, or None."""
        command = [self.arguments[0], "stack", "--show-name", "--non-interactive", "--cwd", str(directory)]
        done = subprocess.run(command, env=self.environment, capture_output=True, text=True, check=False)
        return done.stdout.strip() or None


def _file(project: Project, stack: str) -> Path:
    return project.directory / f"Pulumi.{stack}.yaml"


def _absolute(invocation: Invocation) -> list[str]:
    """The arguments, with the paths in them named from the root, since the CLI runs in another directory."""
    arguments, previous = list[str](), ""
    written = invocation.words[2:] if invocation.words[:2] == ["stack", "graph"] else []
    for argument in invocation.rest:
        flag, equals, value = argument.partition("=")
        if flag == "--file" and equals:
            argument = f"--file={invocation.directory / value}"
        elif previous == "--file" or argument in written:
            argument = str(invocation.directory / argument)
        arguments.append(argument)
        previous = argument
    if stack := invocation.given.get("stack"):
        arguments += ["--stack", stack]
    return arguments
