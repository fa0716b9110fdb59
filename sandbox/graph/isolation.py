"""Evaluations in processes of their own, at the same time, that inherit no credential."""

import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from sandbox import home
from sandbox.errors import SandboxError
from sandbox.graph.worker import Evaluated
from sandbox.policy_pack import PolicyPack

PACKAGES = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Request:
    """A stack, and the directories of its project before and after; either may be missing."""

    stack: str
    before: Path | None = None
    after: Path | None = None
    policies: PolicyPack | None = None


def evaluated(requests: Sequence[Request]) -> list[Evaluated]:
    """The evaluation of each request, in their order. Raises SandboxError when one fails, naming the revision."""
    with ThreadPoolExecutor(max(len(requests), 1)) as threads:
        return list(threads.map(_evaluated, requests))


def _evaluated(request: Request) -> Evaluated:
    directories = {"--before": request.before, "--after": request.after}
    given = [part for flag, path in directories.items() if path for part in (flag, str(path.resolve()))]
    if request.policies:
        given += request.policies.arguments
    with TemporaryDirectory(prefix="evaluation-") as scratch:
        # The simulated Google hands out the authority of the sandbox's cluster, which here is none.
        authority = Path(scratch, "pki", "ca.crt")
        authority.parent.mkdir()
        authority.write_text("the certificate authority of the cluster")
        done = subprocess.run(
            [sys.executable, "-m", "sandbox.graph.worker", request.stack, *given],
            cwd=scratch,
            env={
                # No PATH: neither real provider plugins nor credential helpers are found.
                "PATH": "",
                "HOME": scratch,
                "LANG": "C.UTF-8",
                "PYTHONPATH": str(PACKAGES),
                home.VARIABLE: scratch,
            },
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
        )
    if done.returncode:
        raise SandboxError(
            f"The evaluation of stack {request.stack} ended with status {done.returncode}, so nothing is known of it:"
            f"\n{done.stderr.strip()[-2000:]}"
        )
    result = Evaluated.model_validate_json(done.stdout)
    if result.error:
        raise SandboxError(result.error)
    return result
