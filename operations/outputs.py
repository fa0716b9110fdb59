"""What a deployed stack hands out, secrets included: `make status` finds its way into the cluster with it."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

from sandbox.cluster.kubeconfig import CONTEXT
from sandbox.engine.property import reveal
from sandbox.engine.references import outputs_of
from sandbox.engine.state import StateFile
from sandbox.errors import SandboxError
from sandbox.session import Session


def from_cloud(directory: Path, stack: str) -> dict[str, Any]:
    """As the Pulumi CLI knows them, from whichever backend it is signed in to.

    Raises SandboxError when it is missing, or knows no such stack.
    """
    if shutil.which("pulumi") is None:
        raise SandboxError(
            "`pulumi` is not on PATH, so the stack's outputs cannot be read. Install it, or ask for the stack in this "
            "machine's sandbox with --sandbox."
        )
    command = ["pulumi", "stack", "output", "--json", "--show-secrets", "--stack", stack, "--non-interactive"]
    done = subprocess.run(command, cwd=directory, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SandboxError(f"The outputs of stack {stack} cannot be read: {done.stderr.strip()}")
    return json.loads(done.stdout)


def from_sandbox(session: Session) -> dict[str, Any]:
    """As this machine's sandbox keeps them; a stack that tells no way into its cluster is in the sandbox's own."""
    own = {"kubeconfig": str(session.home.root / "kubeconfig"), "cluster": CONTEXT}
    return own | reveal(outputs_of(StateFile(session.state, session.credentials.passphrase).load(settle=False)))
