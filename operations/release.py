"""Who holds a stack, and its release when nobody does any more."""

from collections.abc import Callable

import yaml

from operations.checkpoint import cut_off_attributes
from operations.error import OperationError
from operations.lock import FILE, locks
from operations.pulumi_cli import PulumiCli


def release(pulumi: PulumiCli, tell: Callable[[str], None], *, force: bool, dry_run: bool) -> None:
    """Cancel the run that holds the stack when its process is gone, or by force; `tell` is told who holds it.

    Raises OperationError when somebody holds it who may be at work.
    """
    backend = pulumi.backend()
    if backend.startswith(FILE):
        project = yaml.safe_load((pulumi.project / "Pulumi.yaml").read_text())["name"]
        stack = pulumi.stack.rpartition("/")[2]
        found = list(locks(backend, project, stack))
        for lock in found:
            tell(f"lock {lock}")
        if not force and not all(lock.abandoned for lock in found):
            raise OperationError(
                f"Stack {pulumi.stack} is held by a run that may be at work, so nothing was changed. Wait until it "
                "ends. If you know that it is dead, repeat with --force."
            )
        if damaged := cut_off_attributes(backend, project, stack):
            tell(f"{damaged} was cut off while it was written; the state beside it is whole")
            if not dry_run:
                damaged.unlink()
        cancel = bool(found)
    else:
        tell(f"lock: {backend} is not asked who holds the stack; if somebody does, writing the state is refused")
        cancel = force
    if cancel and not dry_run:
        pulumi.run("cancel", "--yes")
        tell("lock removed")
