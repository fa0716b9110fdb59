"""Adopting what exists, instead of creating it."""

from sandbox.engine.deletion import protected
from sandbox.engine.diff import Diff
from sandbox.engine.goal import Goal
from sandbox.engine.operation import Operation
from sandbox.engine.resource import Resource
from sandbox.engine.steps import Steps
from sandbox.errors import SandboxError


def imports(wanted: Goal, old: Resource | None) -> bool:
    """Whether what exists is to be adopted, and was not yet. (pulumi/pulumi: isImport in step_generator.go)"""
    if not (wanted.custom and wanted.import_id):
        return False
    return old is None or old.external or (old.import_id or old.id) != wanted.import_id


def adopt_existing(steps: Steps, new: Resource, old: Resource | None) -> Resource:
    """What exists, now in the state; `old`, managed until now, gives way to it."""
    if old is not None and old.protect and new.protect and not old.external:
        raise SandboxError(f"Importing another would replace it. {protected(old)}")
    return steps.adopt(new, old)


def keep_imported(operation: Operation, new: Resource, diff: Diff) -> None:
    """Refuse to replace what `import_` still asks for: its successor would have another id."""
    message = (
        f"It was imported, and would now have to be replaced ({', '.join(diff.replaces)}) since the program wants "
        "it otherwise. Make its inputs those of what exists, or take `import_` out to let it be replaced."
    )
    if not operation.preview:
        raise SandboxError(message)
    operation.log("warning", message, new.urn)
