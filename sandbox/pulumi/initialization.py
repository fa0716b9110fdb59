"""Makes a stack known to the CLI, with the state that an earlier release of the sandbox left."""

from sandbox.errors import SandboxError
from sandbox.pulumi.command import Command
from sandbox.pulumi.stack import Stack
from sandbox.session import Session

JOURNAL = ".journal"
"""Suffix of the file in which the former engine noted what it was doing; only a killed run left one."""


def initialize(session: Session) -> None:
    """`pulumi stack init`, unless that was done; then the former engine's state, if there is one, is imported once.

    Raises SandboxError when the former engine was killed: its state is not whole then.
    """
    stack = Stack(session)
    former = session.home.root / "state" / session.project.name / f"{session.stack}.json"
    if former.with_suffix(JOURNAL).exists():
        raise SandboxError(
            f"{former.with_suffix(JOURNAL)} says that an earlier release of the sandbox was killed while it deployed "
            f"{session.project.name}, so its state is not whole. Nothing was changed. Check that release out and run "
            "its `up` or `destroy`; or delete that file, and remove by hand what the state lacks."
        )
    newer = former.exists() and (not stack.exists or former.stat().st_mtime > stack.checkpoint.stat().st_mtime)
    if not stack.exists:
        _run(session, "stack", "init", session.stack)
    if newer:
        _run(session, "stack", "import", "--file", str(former))
    if former.exists():
        former.replace(former.with_suffix(".imported" if newer else ".older"))


def _run(session: Session, *arguments: str) -> None:
    stack = [] if arguments[1] == "init" else ["--stack", session.stack]
    command = [*arguments, *stack, "--cwd", str(session.project.directory), "--non-interactive"]
    done = Command.prepare(session.home, command).run(quiet=True)
    if done.returncode:
        raise SandboxError(f"`pulumi {' '.join(arguments)}` failed:\n{done.stderr}")
