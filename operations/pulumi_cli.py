"""The `pulumi` on PATH, for one stack in whichever backend it is signed in to."""

import json
import os
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from operations.error import OperationError

Deployment = dict[str, Any]
"""The `deployment` of `pulumi stack export`: `resources`, `pending_operations`, `secrets_providers`, `manifest`."""

Resource = dict[str, Any]
"""A resource of a deployment: `urn`, `type`, `custom`, `id`, `inputs`, `outputs`, `provider` and more."""


@dataclass(frozen=True)
class PulumiCli:
    """Runs commands for a stack; every method raises OperationError.

    `project` is the directory of Pulumi.yaml, `stack` what `--stack` takes. `environment` is added to this process's.
    """

    project: Path
    stack: str
    environment: Mapping[str, str] = field(default_factory=dict[str, str])

    def deployment(self, *, show_secrets: bool = False) -> Deployment:
        """The state, secrets encrypted unless they are to be shown."""
        return json.loads(self.run("stack", "export", *(["--show-secrets"] if show_secrets else [])))["deployment"]

    def replace_deployment(self, deployment: Deployment) -> None:
        """Write the state, secrets in plain text or encrypted by its own secrets provider."""
        self.run("stack", "import", stdin=json.dumps({"version": 3, "deployment": deployment}))

    def refresh(self, *options: str) -> str:
        """Compare the state with what the providers read, without running the program. Returns what the CLI prints."""
        return self.run("refresh", "--yes", "--skip-preview", "--suppress-progress", *options)

    def backend(self) -> str:
        """URL of the backend, such as `file:///srv/states`, `gs://bucket` or `https://api.pulumi.com`."""
        return json.loads(self._run("whoami", "--json"))["url"]

    def run(self, *arguments: str, stdin: str | None = None) -> str:
        """Standard output of a command that takes `--stack`."""
        return self._run(*arguments, "--stack", self.stack, stdin=stdin)

    def _run(self, *arguments: str, stdin: str | None = None) -> str:
        environment = {**os.environ, **self.environment}
        pulumi = shutil.which("pulumi", path=environment.get("PATH"))
        if pulumi is None:
            raise OperationError(
                "`pulumi` is not on PATH, so the stack's state cannot be read. Install the Pulumi CLI."
            )
        done = subprocess.run(
            [pulumi, *arguments, "--non-interactive", "--color", "never"],
            cwd=self.project,
            env=environment,
            input=stdin,
            stdin=subprocess.DEVNULL if stdin is None else None,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            # A refresh reports its errors on standard output, after its progress.
            said = f"{done.stdout.rpartition('Diagnostics:')[2]}\n{done.stderr}".strip()
            raise OperationError(f"`pulumi {arguments[0]}` failed for stack {self.stack}: {said}")
        return done.stdout
