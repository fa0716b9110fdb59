"""Where one stack is evaluated: a backend and a simulated Google of its own."""

import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sandbox.pulumi.passphrase import Passphrase


@dataclass(frozen=True)
class Place:
    """Both revisions of a stack are evaluated in the same place."""

    directory: Path
    passphrase: Passphrase

    @property
    def backend(self) -> Path:
        """The CLI's file backend."""
        return self.directory / "backend"

    @property
    def record(self) -> Path:
        """The directory of the simulated Google."""
        return self.directory / "google"

    def checkpoint(self, project: str, stack: str) -> Path:
        """The CLI's file with the state of a stack."""
        return self.backend / ".pulumi" / "stacks" / project / f"{stack}.json"

    def create_stack(self, project: str, stack: str) -> None:
        """Make the stack, without resources, as `pulumi stack init` does, unless it is there."""
        path = self.checkpoint(project, stack)
        if path.exists():
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        (self.backend / ".pulumi" / "meta.yaml").write_text("version: 1\n")
        # The simulated Google hands out the authority of the sandbox's cluster, which here is none.
        authority = self.record / "pki" / "ca.crt"
        authority.parent.mkdir(parents=True)
        authority.write_text("the certificate authority of the cluster")
        provider = {"type": "passphrase", "state": {"salt": self.passphrase.salt_state}}
        latest = {"manifest": {"time": "0001-01-01T00:00:00Z", "magic": "", "version": ""}}
        checkpoint = {"stack": f"organization/{project}/{stack}", "latest": {**latest, "secrets_providers": provider}}
        path.write_text(json.dumps({"version": 3, "checkpoint": checkpoint}))

    def copy_stack(self, other: "Place", project: str, stack: str) -> None:
        """Take another stack's state over, for a program that reads its outputs."""
        shutil.copyfile(other.checkpoint(project, stack), self.checkpoint(project, stack))

    def resources(self, project: str, stack: str) -> list[dict[str, Any]]:
        """The entries of a stack's state."""
        state = json.loads(self.checkpoint(project, stack).read_text())
        return state["checkpoint"]["latest"].get("resources") or []

    def unprotect(self, project: str, stack: str) -> None:
        """Let a preview go on where something protected would be deleted or replaced."""
        path = self.checkpoint(project, stack)
        state = json.loads(path.read_text())
        for entry in state["checkpoint"]["latest"].get("resources") or ():
            entry.pop("protect", None)
        # Other stacks copy the file meanwhile.
        draft = path.with_suffix(".draft")
        draft.write_text(json.dumps(state))
        draft.replace(path)
