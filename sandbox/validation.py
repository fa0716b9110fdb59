"""Whether a project's own settings accept a stack file as its author wrote it, before the sandbox changes anything.

The project names its validator in `sandbox.yaml`: a module that `python -m MODULE --stack NAME [--provided KEY]...`
runs in the project's directory. It prints the mistakes and exits 1; of a valid stack file it says nothing. `--provided`
names a secret that the overlay gives, so that the stack file need not hold it.
"""

import subprocess
import sys
from pathlib import Path
from typing import Any

from sandbox.errors import SandboxError
from sandbox.project import Project, Secret


def validate(project: Project, stack: str) -> None:
    """Raises SandboxError with every mistake; a project without a validator only has to have a readable stack file."""
    configuration = project.configuration(stack, dict.fromkeys(project.placeholders, ""))
    provided = [key for key, value in configuration.values.items() if _given_by_overlay(value)]
    if not (validator := project.overlay.get("validator")):
        return
    command = [_python(project), "-m", validator, "--stack", stack, *(f"--provided={key}" for key in provided)]
    process = subprocess.run(
        command, cwd=project.directory, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    if process.returncode == 0:
        return
    if mistakes := process.stdout.strip():
        raise SandboxError(mistakes)
    raise SandboxError(
        f"{validator}, the validator in {project.directory / 'sandbox.yaml'}, ended with {process.returncode}, so "
        f"nothing was changed. Correct it, or the module's name:\n{process.stderr.strip()}"
    )


def _given_by_overlay(value: Any) -> bool:
    """Whether the value, or a part of it, is a secret in plain: a stack file holds secrets encrypted."""
    if isinstance(value, Secret):
        return not value.encrypted
    if isinstance(value, dict):
        return any(map(_given_by_overlay, value.values()))
    return isinstance(value, list) and any(map(_given_by_overlay, value))


def _python(project: Project) -> Path | str:
    """The interpreter of the project's virtualenv, if it has one."""
    runtime = project.definition.get("runtime")
    options = runtime.get("options") or {} if isinstance(runtime, dict) else {}
    virtualenv = options.get("virtualenv")
    python = project.directory / virtualenv / "bin" / "python" if virtualenv else None
    return python if python and python.exists() else sys.executable
